package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.text.table.Sheet;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.Beside;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.server.Audited;
import dev.rebind.record.server.Inherited;
import dev.rebind.record.server.LeftBehind;
import dev.rebind.record.server.Listening;
import dev.rebind.record.server.Program;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckAnswerTest {
    private static final ClientView CLIENTS = new ClientView(5, 0, 3, 2, Map.of("ECONNREFUSED", 1L), null);

    private static String text(CycleRecord... records) {
        return text(Duration.ofSeconds(60), records);
    }

    private static String text(Duration timeWait, CycleRecord... records) {
        return String.join(
                "\n",
                new CheckAnswer(List.of("server", "8080"), 8080, true, timeWait)
                        .lines(List.of(records), Sheet.ENDLESS));
    }

    private static Program program(boolean reuse, @Nullable Integer exitCode, List<LeftBehind> left, String... words) {
        var listening = new Listening("127.0.0.1:8080", reuse, false, false, 1);
        return new Program(
                listening,
                null,
                null,
                exitCode,
                left.isEmpty() ? null : left,
                null,
                null,
                null,
                null,
                words.length == 0 ? null : List.of(words),
                "output.log");
    }

    private static RecordBuilder bound(String way, String close) {
        return new RecordBuilder(way, 1).restarted("process", close).bound(300);
    }

    @Test
    @DisplayName("When the server binds over what it has left, then it comes back at once, as its socket says")
    void atOnce() {
        String text = text(bound("stop", "server")
                .left(Map.of("TIME_WAIT", 5), null)
                .downtime(312, CLIENTS)
                .program(program(true, 143, List.of()))
                .build());

        assertThat(text)
                .contains("Verdict: comes back at once.")
                .contains("SO_REUSEADDR on and SO_REUSEPORT off")
                .contains("Its restarts show the same: it bound over")
                .containsPattern("Comes back +Stop to bound +Downtime")
                .containsPattern("stop +at once +300 ms +312 ms")
                .contains("3 connections reset, 2 connections closed, 1 connect failed with ECONNREFUSED")
                .doesNotContain("ended with");
    }

    @Test
    @DisplayName(
            "When new connections were refused for longer than the clients were without service, then both times are told")
    void drains() {
        assertThat(text(bound("stop", "server")
                        .downtime(302, CLIENTS)
                        .unlistened(5_290)
                        .build()))
                .containsPattern("stop +at once +300 ms +302 ms, 5.29 s for new connections +-");
        assertThat(text(bound("stop", "server")
                        .downtime(302, CLIENTS)
                        .unlistened(290)
                        .build()))
                .doesNotContain("for new connections");
    }

    @Test
    @DisplayName("When one sentence holds for several ways of stopping, then it is said once with those ways")
    void onceForAllWays() {
        CycleRecord[] records = List.of("stop", "kill", "reset").stream()
                .map(way -> bound(way, "server")
                        .left(Map.of(), null)
                        .downtime(312, CLIENTS)
                        .build())
                .toArray(CycleRecord[]::new);

        assertThat(text(records))
                .contains("stop, kill and reset: nothing was left on its port: its clients saw 3 connections reset")
                .containsOnlyOnce("nothing was left on its port");
    }

    @ParameterizedTest
    @DisplayName("When the terminal is narrow, then no line is longer, and what clients lost stands beside its heading")
    @ValueSource(ints = {40, 60, 80, 120})
    void narrow(int width) {
        CycleRecord[] records = {
            bound("stop", "server").downtime(312, CLIENTS).build(),
            bound("kill", "server").downtime(302, CLIENTS).unlistened(5_290).build()
        };

        List<String> lines = new CheckAnswer(List.of("server", "8080"), 8080, true, Duration.ofSeconds(60))
                .lines(List.of(records), width);

        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
        assertThat(String.join(" ", lines).replaceAll("\\s+", " "))
                .contains(width < 100 ? "Lost by the clients 3 connections" : "Lost by the clients stop at once");
    }

    private static Program audited(Audited.Foretold foretold, List<LeftBehind> left) {
        var listening = new Listening("127.0.0.1:8080", true, false, true, 1);
        return new Program(
                listening,
                listening,
                null,
                143,
                left.isEmpty() ? null : left,
                null,
                List.of(
                        new Inherited(4711, "sleep", List.of(3), List.of()),
                        new Inherited(4712, "cat", List.of(3), List.of(5, 6))),
                new Audited(foretold, "binds at once"),
                null,
                null,
                "output.log");
    }

    @Test
    @DisplayName("When processes of the server have its sockets, then each is named with its descriptors")
    void inherited() {
        assertThat(text(bound("stop", "server")
                        .program(audited(Audited.Foretold.binds_at_once, List.of()))
                        .build()))
                .contains(
                        "Its process sleep (pid 4711) has inherited the listener (descriptor 3).",
                        "Its process cat (pid 4712) has inherited the listener (descriptor 3) and 2 accepted connections (descriptors 5, 6).");
    }

    @Test
    @DisplayName(
            "When a restart does not do what an audit said of it, then both are told; a restart of another kind is not compared")
    void audit() {
        String otherwise = "stop: rebind audit said of it before: binds at once. The restart did otherwise.";
        RecordBuilder failed = new RecordBuilder("stop", 1)
                .restarted("process", "server")
                .failed(200, "bind", Cause.time_wait)
                .bound(60_800);

        assertThat(text(failed.program(audited(Audited.Foretold.binds_at_once, List.of()))
                        .build()))
                .contains(otherwise);
        assertThat(text(failed.program(
                                audited(Audited.Foretold.binds_at_once, List.of(new LeftBehind(9, "worker", true))))
                        .build()))
                .doesNotContain("rebind audit said");
        assertThat(text(failed.program(audited(Audited.Foretold.blocked_by_its_connections, List.of()))
                        .build()))
                .doesNotContain("rebind audit said");
        assertThat(text(bound("stop", "server")
                        .left(Map.of("TIME_WAIT", 1), null)
                        .program(audited(Audited.Foretold.blocked_by_its_connections, List.of()))
                        .build()))
                .contains(otherwise);
    }

    @Test
    @DisplayName("When clients were without service several times, then all of them together are told, too")
    void inAll() {
        assertThat(text(bound("stop", "server").downtimes(302, 480, CLIENTS).build()))
                .containsPattern("stop +at once +300 ms +302 ms, 480 ms in all +-");
        assertThat(text(bound("stop", "server").downtimes(302, 302.4, CLIENTS).build()))
                .doesNotContain("in all");
    }

    @Test
    @DisplayName(
            "When it has no SO_REUSEADDR and its restarts left nothing, then the verdict says what they did not try")
    void untried() {
        assertThat(text(bound("stop", "server")
                        .left(Map.of(), null)
                        .program(program(false, 143, List.of()))
                        .build()))
                .contains("Verdict: comes back at once in these restarts, which left nothing on its port.")
                .contains("a connection that it closes first keeps the port for 60 s");
        assertThat(text(
                        Duration.ofSeconds(10),
                        bound("stop", "server")
                                .left(Map.of(), null)
                                .program(program(false, 143, List.of()))
                                .build()))
                .contains("a connection that it closes first keeps the port for 10 s");
        assertThat(text(bound("stop", "server")
                        .left(Map.of(), null)
                        .program(program(true, 143, List.of()))
                        .build()))
                .contains("Verdict: comes back at once.");
    }

    @Test
    @DisplayName("When a restart left nothing since connections were reset, then what the clients saw is told")
    void reset() {
        String text = text(
                bound("kill", "kill")
                        .left(Map.of(), null)
                        .downtime(300, CLIENTS)
                        .program(program(true, 137, List.of()))
                        .build(),
                bound("client-first", "client").left(Map.of(), null).build(),
                bound("stop", "server")
                        .left(Map.of("TIME_WAIT", 2), null)
                        .downtime(300, CLIENTS)
                        .build());

        assertThat(text)
                .contains(
                        "kill: nothing was left on its port: its clients saw 3 connections reset, and a reset leaves nothing.")
                .doesNotContain("client-first: nothing was left", "stop: nothing was left");
    }

    @Test
    @DisplayName(
            "When it was bound after a failure, then it comes back after that time, with the cause and its own words")
    void later() {
        String text = text(
                bound("stop", "server").left(Map.of(), null).build(),
                new RecordBuilder("kill", 1)
                        .restarted("process", "kill")
                        .failed(200, "bind", Cause.time_wait)
                        .bound(60_800)
                        .program(program(false, 137, List.of(), "starting", "bind: Address already in use"))
                        .judged(Verdict.Fail, "The new server could not bind.")
                        .build());

        assertThat(text)
                .contains("Verdict: comes back after 60.8 s (time_wait, kill).")
                .contains("Its restarts show the same: it could not bind beside")
                .contains("kill: in its own words: bind: Address already in use")
                .contains("kill: The new server could not bind.");
    }

    @Test
    @DisplayName(
            "When the server did not come back for a reason that is not known, then its port is not blamed, and its words are told,"
                    + " whatever they are about")
    void anotherPort() {
        String text = text(new RecordBuilder("stop", 1)
                .restarted("process", "server")
                .failed(200, "bind", Cause.unknown)
                .bound(60_800)
                .program(program(true, 0, List.of(), "admin listener 127.0.0.1:9999: Address already in use", "bye"))
                .judged(Verdict.Fail, "The new server did not start.")
                .build());

        assertThat(text)
                .contains("Its restarts do not show that: why it did not come back is not known.")
                .contains("stop: in its own words: admin listener 127.0.0.1:9999: Address already in use / bye");
    }

    @Test
    @DisplayName("When what the socket says and what the restarts show differ, then that is said")
    void disagrees() {
        String text = text(bound("stop", "server")
                .left(Map.of("TIME_WAIT", 1), null)
                .program(program(false, 0, List.of()))
                .build());

        assertThat(text).contains("Its restarts show otherwise");
    }

    @Test
    @DisplayName(
            "When a process that was left behind keeps the port, then it does not come back, and the process is named")
    void never() {
        String text = text(new RecordBuilder("stop", 1)
                .restarted("process", "server")
                .failed(200, "bind", Cause.listener_old)
                .program(program(true, 1, List.of(new LeftBehind(4711, "worker", true))))
                .judged(Verdict.Fail, "The new server could not bind.")
                .build());

        assertThat(text)
                .contains("Verdict: does not come back (listener_old, stop).")
                .contains("it left 1 process behind: worker (pid 4711, which keeps the port).")
                .contains("its main process ended with exit code 1");
    }

    @ParameterizedTest
    @DisplayName("When a new run starts beside the old one, then SO_REUSEPORT as read is held against what it does")
    @CsvSource(textBlock = """
        true,  true,  A new run shows the same of SO_REUSEPORT: it bound while the old one listened.
        false, false, A new run shows the same of SO_REUSEPORT: it could not bind while the old one listened.
        true,  false, A new run shows otherwise of SO_REUSEPORT: it could not bind while the old one listened. So does
        false, true,  A new run shows otherwise of SO_REUSEPORT: it bound while the old one listened. One of the two
        """)
    void agreementByPort(boolean read, boolean binds, String told) {
        var listening = new Listening("127.0.0.1:8080", true, read, false, 1);
        RecordBuilder rolling = new RecordBuilder("rolling", 1)
                .restarted("process", "none")
                .program(several(listening, listening, null));
        rolling = binds
                ? rolling.bound(300)
                        .beside(new Beside("127.0.0.1:8080", List.of(7L), "server", "a_share", "It shares."))
                : rolling.failed(200, "bind", Cause.listener_old);

        assertThat(text(rolling.build())).contains(told);
        assertThat(text(bound("stop", "server")
                        .program(several(listening, listening, null))
                        .build()))
                .doesNotContain("A new run shows");
    }

    @Test
    @DisplayName("When a new run binds beside the old one or not, then what a rolling restart would do is told")
    void rolling() {
        assertThat(text(bound("rolling", "none").build()))
                .contains("beside the old one", "a rolling restart keeps the port served");
        assertThat(text(new RecordBuilder("rolling", 1)
                        .restarted("process", "none")
                        .failed(200, "bind", Cause.listener_old)
                        .judged(Verdict.Fail, "The new server could not bind.")
                        .build()))
                .contains("Verdict: a new run cannot bind while the old one listens (listener_old, rolling)");
    }

    private static Program several(
            Listening old, Listening fresh, @Nullable List<Listening> others, LeftBehind... left) {
        return new Program(
                old,
                fresh,
                others,
                143,
                left.length == 0 ? null : List.of(left),
                null,
                null,
                null,
                null,
                null,
                "output.log");
    }

    @Test
    @DisplayName(
            "When SO_REUSEPORT lets it bind beside processes of its former run, then that is not taken for SO_REUSEADDR, and"
                    + " the shared clients are told")
    void reusePort() {
        var listening = new Listening("127.0.0.1:8080", false, true, false, 1);
        String text = text(bound("stop", "server")
                .left(Map.of("ESTABLISHED", 5, "LISTEN", 1), null)
                .program(several(listening, listening, null, new LeftBehind(4711, "worker", true)))
                .build());

        assertThat(text)
                .contains("with SO_REUSEPORT it binds beside what its former run has left")
                .contains("what it left behind still gets a share of the clients")
                .contains("KillMode=control-group")
                .contains("Verdict: comes back at once, and shares its clients with processes of its former run.")
                .doesNotContain("show otherwise");
    }

    @Test
    @DisplayName(
            "When it listens on several addresses with different options, then all are told, and none is said to be wrong")
    void several() {
        var first = new Listening("127.0.0.1:8080", true, false, false, 1);
        var second = new Listening("127.0.0.9:8080", false, false, false, 1);
        String text = text(new RecordBuilder("stop", 1)
                .restarted("process", "server")
                .failed(200, "bind", Cause.time_wait)
                .program(several(first, first, List.of(second)))
                .judged(Verdict.Fail, "The new server could not bind.")
                .build());

        assertThat(text)
                .contains("It listens on 127.0.0.1:8080 with SO_REUSEADDR on")
                .contains("It also listens on 127.0.0.9:8080 with SO_REUSEADDR off")
                .doesNotContain("show otherwise");
    }

    @Test
    @DisplayName("When the socket has SO_REUSEADDR and the restarts fail as without it, then it is said how that comes")
    void tooLate() {
        String text = text(new RecordBuilder("stop", 1)
                .restarted("process", "server")
                .failed(200, "bind", Cause.time_wait)
                .program(program(true, 143, List.of()))
                .judged(Verdict.Fail, "The new server could not bind.")
                .build());

        assertThat(text).contains("sets the option after bind").doesNotContain("please report");
    }

    private static ClientView view(boolean served) {
        return new ClientView(5, 0, 0, 5, Map.of(), null, null, null, null, served, null);
    }

    @Test
    @DisplayName("When the new run binds and does not serve its clients, then it has not come back")
    void unserved() {
        String text = text(
                bound("stop", "server")
                        .downtime(300, view(false))
                        .judged(Verdict.Fail, "It did not serve.")
                        .build(),
                bound("kill", "kill").downtime(300, view(true)).build());

        assertThat(text)
                .containsPattern("stop +does not serve")
                .containsPattern("kill +at once")
                .contains("Verdict: does not come back: it binds at once, and does not serve its clients (stop).");
    }

    @Test
    @DisplayName("When the new run binds and ends by itself, then it has not come back, and its exit code is told")
    void endsAgain() {
        var listening = new Listening("127.0.0.1:8080", true, false, false, 1);
        String text = text(bound("stop", "server")
                .downtime(300, view(false))
                .program(new Program(listening, listening, null, 143, null, 7, null, null, null, null, "output.log"))
                .judged(Verdict.Fail, "It ended.")
                .build());

        assertThat(text)
                .containsPattern("stop +ends again")
                .contains("Verdict: does not come back: it binds at once, and ends by itself with exit code 7 (stop).");
    }

    @Test
    @DisplayName("When nothing was restarted, then no restart is said to show anything")
    void noRestart() {
        String text = text(new RecordBuilder("stop", 1)
                .restarted("process", "server")
                .program(program(true, null, List.of()))
                .broken("The clients were not served.")
                .build());

        assertThat(text)
                .contains("No restart was carried out that could show that.")
                .doesNotContain("nothing was left");
    }

    @Test
    @DisplayName(
            "When no client has measured a downtime, then the time until the server was bound is told under its own"
                    + " name")
    void clientFirst() {
        assertThat(text(bound("client-first", "client").build())).containsPattern("client-first +at once +300 ms +- ");
    }

    @Test
    @DisplayName("When a process that was left behind keeps the port, then what is in the way is told")
    void keptPort() {
        String text = text(new RecordBuilder("stop", 1)
                .restarted("process", "server")
                .failed(200, "bind", Cause.listener_old)
                .program(program(true, 143, List.of(new LeftBehind(4711, "sleep", true))))
                .judged(Verdict.Fail, "The new server could not bind.")
                .build());

        assertThat(text)
                .containsPattern("stop +does not come back +- +- +listener_old")
                .contains("what stood in the way does so whatever the option is");
    }

    @Test
    @DisplayName("When one way decides and another is not known, then why it is not known is told, too")
    void notKnownBesideAVerdict() {
        String text = text(
                new RecordBuilder("stop", 1)
                        .restarted("process", "server")
                        .failed(200, "bind", Cause.time_wait)
                        .judged(Verdict.Fail, "The new server could not bind.")
                        .build(),
                new RecordBuilder("kill", 1)
                        .restarted("process", "kill")
                        .broken("The server to restart could not be started.")
                        .build());

        assertThat(text)
                .contains("kill: The server to restart could not be started.")
                .contains("Verdict: does not come back (time_wait, stop).");
    }

    @Test
    @DisplayName("When the server could not be run, then nothing is known, and the reason is told")
    void notKnown() {
        String text = text(new RecordBuilder("stop", 1)
                .restarted("process", "server")
                .broken("The old server could not be run: it ended with exit code 7.")
                .build());

        assertThat(text)
                .contains(
                        "stop: The old server could not be run: it ended with exit code 7.",
                        "Verdict: not known (stop).");
        assertThat(text()).contains("Verdict: not known: no restart was carried out.");
    }
}
