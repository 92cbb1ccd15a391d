package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.RecordReader;
import dev.rebind.record.server.Inherited;
import dev.rebind.record.server.LeftBehind;
import dev.rebind.record.server.Program;
import dev.rebind.report.folder.ReportFolder;
import dev.rebind.sockets.posix.FreePorts;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code rebind check} from its command line to its report, on real servers whose behaviour is known ({@code server.py}). The checks have
 * ports of their own and run beside each other, before the first test.
 */
class WholeCheckTest {
    /** Each is a few processes, most of which wait. */
    private static final int AT_ONCE = 4;

    private static final List<String> BRIEF = List.of("--give-up", "3s", "--clients", "3");

    /** What the server has closed first is on its way to TIME_WAIT while its clients have not closed. */
    private static final String CLOSED_FIRST = "(time_wait|fin_wait2|closing)";

    @TempDir
    static Path folder;

    private static final Map<String, Answer> ANSWERS = new LinkedHashMap<>();

    private record Answer(
            int port, int exitCode, String out, String err, Path report, Map<String, CycleRecord> records) {
        /** Of the table, without the way. */
        String line(String way) {
            return out.lines()
                    .dropWhile(line -> !line.startsWith("Way "))
                    .filter(line -> line.startsWith(way + " "))
                    .findFirst()
                    .map(line -> line.substring(way.length()).strip())
                    .orElseThrow(() -> new AssertionError(out + err));
        }

        Program program(String way) {
            return Objects.requireNonNull(
                    Objects.requireNonNull(records.get(way), out + err).program());
        }
    }

    @BeforeAll
    static void check() throws Exception {
        Path server = folder.resolve("server.py");
        try (InputStream text = Objects.requireNonNull(WholeCheckTest.class.getResourceAsStream("server.py"))) {
            Files.copy(text, server);
        }
        Map<String, Callable<Answer>> checks = new LinkedHashMap<>();
        add(checks, server, "late", List.of("--ways", "kill", "--clients", "3"), "exits-3");
        add(checks, server, "reuse", ways("stop,kill,client-first,stall,rolling"), "reuse");
        add(checks, server, "plain", ways("client-first,rolling,stop"));
        add(checks, server, "reuse-port", ways("stop,rolling"), "reuse-port");
        add(checks, server, "child", ways("stop"), "reuse", "leaves-child");
        add(checks, server, "daemon", ways("stop"), "reuse", "daemonizes");
        add(checks, server, "six", ways("stop", "--ready-timeout", "3s"), "reuse", "ipv6-only");
        add(checks, server, "six-asked", ways("stop", "--address", "::1"), "reuse", "ipv6-only");
        add(checks, server, "stubborn", ways("stop", "--grace-period", "1s"), "reuse", "ignores-sigterm");
        add(checks, server, "slow", ways("stop"), "reuse", "slow");
        add(checks, server, "other-first", ways("stop"), "reuse", "other-port-first");
        add(checks, server, "ends-again", ways("stop"), "reuse", "ends-again", "first=" + folder.resolve("ends"));
        add(checks, server, "closes-again", ways("stop"), "reuse", "closes-again", "first=" + folder.resolve("closes"));
        add(checks, server, "elsewhere", ways("stop", "--ready-timeout", "3s"), "elsewhere");
        add(checks, server, "no-http", ways("stop", "--protocol", "http"), "reuse");
        try (ExecutorService some = Executors.newFixedThreadPool(AT_ONCE)) {
            Map<String, Future<Answer>> running = new LinkedHashMap<>();
            checks.forEach((name, check) -> running.put(name, some.submit(check)));
            for (Map.Entry<String, Future<Answer>> one : running.entrySet()) {
                ANSWERS.put(one.getKey(), one.getValue().get());
            }
        }
    }

    private static List<String> ways(String ways, String... more) {
        var options = new ArrayList<>(BRIEF);
        options.addAll(List.of("--ways", ways));
        options.addAll(List.of(more));
        return options;
    }

    private static void add(
            Map<String, Callable<Answer>> checks, Path server, String name, List<String> options, String... words) {
        int port = FreePorts.next();
        Path report = folder.resolve(name);
        var command = new ArrayList<>(ChildJvm.likeThis().command());
        command.addAll(List.of(Main.class.getName(), "check", "--port", Integer.toString(port)));
        command.addAll(List.of("--report", report.toString()));
        command.addAll(options);
        command.addAll(List.of("--", "python3", server.toString(), Integer.toString(port)));
        command.addAll(List.of(words));
        checks.put(name, () -> {
            Path out = folder.resolve(name + ".out");
            Path err = folder.resolve(name + ".err");
            Process process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            int exitCode = process.waitFor();
            Map<String, CycleRecord> records = new LinkedHashMap<>();
            if (Files.exists(report.resolve(ReportFolder.CYCLES))) {
                RecordReader.forEach(
                        report.resolve(ReportFolder.CYCLES), record -> records.put(record.experiment(), record));
            }
            return new Answer(port, exitCode, Files.readString(out), Files.readString(err), report, records);
        });
    }

    private static Answer answer(String name) {
        return Objects.requireNonNull(ANSWERS.get(name));
    }

    @Test
    @DisplayName("When it sets SO_REUSEADDR, then it comes back at once in every way, and not beside itself")
    void reuse() {
        Answer its = answer("reuse");

        for (String way : List.of("stop", "kill", "client-first", "stall")) {
            assertThat(its.line(way)).as(way).startsWith("at once");
        }
        assertThat(its.line("rolling")).startsWith("not beside it").contains("listener_old");
        assertThat(its.out())
                .contains("127.0.0.1:" + its.port() + " with SO_REUSEADDR on and SO_REUSEPORT off, as read")
                .contains("Its restarts show the same: it bound over what its former run had left.")
                .contains("A new run shows the same of SO_REUSEPORT: it could not bind while the old one listened.")
                .contains("Verdict: a new run cannot bind while the old one listens (listener_old, rolling)")
                .doesNotContain("rebind audit said of it", "behind");
        assertThat(its.program("stop").exitCode()).isEqualTo(143);
        assertThat(its.program("kill").exitCode()).isEqualTo(137);
        assertThat(its.exitCode()).isEqualTo(1);
    }

    @Test
    @DisplayName("When it does not, then what it closes first blocks it, and a client that closes first does not")
    void plain() {
        Answer its = answer("plain");

        assertThat(its.line("stop")).startsWith("does not come back").containsPattern(CLOSED_FIRST);
        assertThat(its.line("client-first")).startsWith("at once");
        assertThat(its.line("rolling")).startsWith("not beside it");
        assertThat(its.out())
                .contains("with SO_REUSEADDR off and SO_REUSEPORT off, as read")
                .contains("Its restarts show the same: it could not bind beside what its former run had left.")
                .contains("stop: in its own words: cannot bind port " + its.port()
                        + ": [Errno 98] Address already in use")
                .containsPattern("Verdict: does not come back \\(" + CLOSED_FIRST + ", stop\\)\\.")
                .doesNotContain("rebind audit said of it");
        assertThat(its.exitCode()).isEqualTo(1);
    }

    @Test
    @DisplayName("When nothing else is in the way, then it comes back once the kernel gives the TIME_WAIT up")
    void late() {
        Answer its = answer("late");

        assertThat(its.line("kill")).containsPattern("^after \\d").containsPattern(CLOSED_FIRST);
        assertThat(its.program("kill").exitCode()).isEqualTo(137);
        assertThat(its.out()).contains("kill: in its own words: cannot bind port " + its.port());
        assertThat(its.exitCode()).isEqualTo(1);
    }

    @Test
    @DisplayName("When it sets SO_REUSEPORT, then a second run binds beside it, as its socket says")
    void reusePort() {
        Answer its = answer("reuse-port");

        assertThat(its.line("stop")).startsWith("at once");
        assertThat(its.line("rolling")).startsWith("beside the old one");
        assertThat(its.out())
                .contains("with SO_REUSEADDR off and SO_REUSEPORT on, as read")
                .contains("A new run shows the same of SO_REUSEPORT: it bound while the old one listened.")
                .doesNotContain("otherwise");
        assertThat(its.exitCode()).isZero();
    }

    @Test
    @DisplayName("When a child has its listener and outlives it, then the child is named, and keeps the port")
    void child() {
        Answer its = answer("child");

        assertThat(its.line("stop")).startsWith("does not come back");
        assertThat(its.program("stop").leftBehind()).isNotNull().singleElement().satisfies(left -> {
            assertThat(left.process()).isEqualTo("sleep");
            assertThat(left.listens()).isTrue();
        });
        List<Inherited> inherited = Objects.requireNonNull(its.program("stop").inherited());
        assertThat(inherited).singleElement().satisfies(one -> {
            assertThat(one.process()).isEqualTo("sleep");
            assertThat(one.listeners()).hasSize(1);
            assertThat(one.connections()).isEmpty();
        });
        List<LeftBehind> left = Objects.requireNonNull(its.program("stop").leftBehind());
        assertThat(inherited.getFirst().pid()).isEqualTo(left.getFirst().pid());
        assertThat(its.out())
                .contains("Its process sleep (pid " + left.getFirst().pid() + ") has inherited the listener");
        assertThat(ProcessHandle.of(left.getFirst().pid()))
                .as("it ends with the check")
                .isEmpty();
    }

    @Test
    @DisplayName("When it is a daemon, ignores SIGTERM, is slow or listens elsewhere first, then it comes back at once")
    void kinds() {
        assertThat(answer("daemon").line("stop")).startsWith("at once");
        assertThat(answer("stubborn").line("stop")).startsWith("at once");
        assertThat(answer("stubborn").program("stop").exitCode()).isEqualTo(137);
        assertThat(answer("stubborn").out())
                .contains("did not stop within its grace period", "its main process ended with signal 9");
        assertThat(answer("slow").line("stop")).startsWith("at once");
        assertThat(answer("slow").program("stop").startMs()).isGreaterThan(2_000);
        assertThat(answer("slow").out()).contains("from its start until it listens");
        assertThat(answer("other-first").line("stop")).startsWith("at once");
        for (String name : List.of("daemon", "stubborn", "slow", "other-first")) {
            assertThat(answer(name).exitCode()).as(name).isZero();
            assertThat(answer(name).out()).as(name).contains("Verdict: comes back at once.");
            assertThat(answer(name).program("stop").leftBehind()).as(name).isNull();
        }
    }

    @Test
    @DisplayName(
            "When it listens on another address or port, or speaks no HTTP, then the exit code is 3 and it is said")
    void unknown() {
        assertThat(answer("six").exitCode()).isEqualTo(3);
        assertThat(answer("six").out()).contains("[::1]:" + answer("six").port(), "--address ::1 reaches it");
        assertThat(answer("six-asked").line("stop")).startsWith("at once");
        assertThat(answer("six-asked").exitCode()).isZero();
        assertThat(answer("elsewhere").exitCode()).isEqualTo(3);
        assertThat(answer("elsewhere").out()).contains("listens on 127.0.0.1:", "is its port");
        assertThat(answer("no-http").exitCode()).isEqualTo(3);
        assertThat(answer("no-http").line("stop")).startsWith("not known");
    }

    @Test
    @DisplayName(
            "When the new run ends or does not serve, then the table of servers has the same answer, and so has summary.json")
    void again() throws Exception {
        assertThat(answer("ends-again").line("stop")).startsWith("ends again");
        assertThat(answer("ends-again").program("stop").newExitCode()).isEqualTo(9);
        assertThat(row("ends-again")).contains("| ends again |");
        assertThat(answer("closes-again").line("stop")).startsWith("does not serve");
        assertThat(row("closes-again")).contains("| does not serve |");
        assertThat(row("child")).contains("| does not come back |");
        assertThat(row("slow")).contains("| at once |");
    }

    /** As docs/examples/servers/run writes it. */
    private static String row(String name) throws Exception {
        Process process = new ProcessBuilder(
                        "python3",
                        "../../docs/examples/servers/run",
                        "--report",
                        answer(name).report().toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    @DisplayName("What an audit said right before each restart came true")
    void audit() throws Exception {
        int compared = 0;
        for (Answer its : ANSWERS.values()) {
            JsonNode summary =
                    Json.mapper().readTree(Files.readString(its.report().resolve(ReportFolder.SUMMARY)));
            for (JsonNode one : summary.path("experiments")) {
                JsonNode audit = one.path("comesBack").path("audit");
                assertThat(audit.path("did_not").asInt()).as(its.out()).isZero();
                compared += audit.path("came_true").asInt();
            }
        }
        assertThat(compared).isGreaterThan(10);
    }
}
