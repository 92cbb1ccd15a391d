package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.Explanation.Blocker;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortView;
import dev.rebind.child.Moment;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.clients.Protocol;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.plan.Planner;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordSchema;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.Blocking;
import dev.rebind.record.bind.RecordedRemedy;
import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.record.bind.Reuse;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.server.ClusterPlace;
import dev.rebind.record.server.Generations;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.Reading.Unreadable;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.release.Release;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CycleRecorderTest {
    private static final Snapshot NOTHING = new Snapshot(Instant.EPOCH, 0, "made up", List.of());
    private static final Unreadable BLIND = new Unreadable("inet_diag", "EPERM");
    private static final PortView EMPTY = new PortView(NOTHING, NOTHING, NOTHING, Map.of());

    private final Place place = new Place("127.0.0.1", FreePorts.next());
    private final Moment now = Moment.now();

    @Test
    @DisplayName("When nothing was seen, then the record says nothing but Error: absent facts are absent")
    void nothingSeen() {
        CycleRecord record = record(account("reuseAddress: {value: true}"));

        assertThat(record.verdict()).isEqualTo(Verdict.Error);
        assertThat(record.explanation()).isEqualTo("The cycle ended before anything could be seen.");
        assertThat(record.reuse()).isEqualTo(new Reuse(true, true));
        for (Object absent : new @Nullable Object[] {
            record.generations(),
            record.residue(),
            record.peers(),
            record.sendQ(),
            record.peerRecvQ(),
            record.unreadable(),
            record.outcome(),
            record.errno(),
            record.call(),
            record.cause(),
            record.blocking(),
            record.release(),
            record.bindFailures(),
            record.downtimeMs(),
            record.clients(),
            record.stoppedAt(),
            record.failedAt(),
            record.boundAt(),
            record.prevention(),
            record.remedies(),
            record.beside(),
            record.timeline(),
            record.warnings()
        }) {
            assertThat(absent).isNull();
        }
    }

    @Test
    @DisplayName("When it ended before the bind, then what was seen until then stays, and why it ended is said")
    void endedBeforeTheBind() {
        CycleRecorder account = account("");
        account.old(old(1, false));
        account.stopping();
        account.broken("The new server could not be stopped: it is gone.");
        CycleRecord record = record(account);

        assertThat(record.verdict()).isEqualTo(Verdict.Error);
        assertThat(record.stoppedAt()).isNotNull();
        assertThat(record.timeline()).isNotNull();
        assertThat(record.generations()).isNull();
        assertThat(record.explanation()).isEqualTo("The new server could not be stopped: it is gone.");
    }

    @Test
    @DisplayName("When it was bound at once, then no failure is told, and zero failed binds are a fact")
    void bound() {
        CycleRecorder account = account("clients: {connections: 0}");
        account.old(old(1, false));
        account.stopping();
        account.residue(EMPTY);
        account.bound(settings(2, false), bound(2, 0));
        CycleRecord record = record(account);

        assertThat(account.isBound()).isTrue();
        assertThat(record.verdict()).isEqualTo(Verdict.Pass);
        assertThat(record.outcome()).isEqualTo(Outcome.bound);
        assertThat(record.generations()).isEqualTo(new Generations(1, 2));
        assertThat(record.bindFailures()).isZero();
        assertThat(record.residue()).isEmpty();
        assertThat(record.sendQ()).isZero();
        assertThat(record.release()).isNull();
        assertThat(record.downtimeMs()).isNull();
        assertThat(record.explanation()).isEqualTo("The new server bound " + place + ": nothing was left on the port.");
    }

    @Test
    @DisplayName(
            "When the bind failed, then its cause, its sockets and the window of the release are counted from the failure")
    void failed() {
        CycleRecorder account = account("expect: {cause: time_wait}");
        account.old(old(1, false));
        account.stopping();
        account.residue(new PortView(sockets(timeWait()), sockets(closeWait(7)), NOTHING, Map.of()));
        account.failed(settings(2, true), new ExplainedFailure(failure("EADDRINUSE", 98), timeWaits(), EMPTY));
        CycleRecord record = record(account);

        assertThat(record.verdict()).isEqualTo(Verdict.Pass);
        assertThat(record.outcome()).isEqualTo(Outcome.failed);
        assertThat(record.reuse()).isEqualTo(new Reuse(false, false));
        assertThat(record.errno()).isEqualTo("EADDRINUSE");
        assertThat(record.errnoNumber()).isEqualTo(98);
        assertThat(record.call()).isEqualTo("bind");
        assertThat(record.cause()).isEqualTo(Cause.time_wait);
        assertThat(record.bindFailures()).isEqualTo(1);
        assertThat(record.residue()).isEqualTo(Map.of("TIME_WAIT", 1));
        assertThat(record.peers()).isEqualTo(Map.of("CLOSE_WAIT", 1));
        assertThat(record.peerRecvQ()).isEqualTo(7);
        assertThat(record.release()).isEqualTo(new ReleaseTimes(60_000.0, 62_048.0, 61_000.5, null, null, null));
        assertThat(record.blocking())
                .containsExactly(new Blocking(
                        "TIME_WAIT",
                        place.toString(),
                        "127.0.0.1:40001",
                        59_000L,
                        77L,
                        "nginx",
                        1,
                        null,
                        "nginx -g daemon",
                        "root"));
        assertThat(record.remedies()).containsExactly(new RecordedRemedy("wait", "now", "Wait."));
        assertThat(record.boundAt()).isNull();
        assertThat(record.failedAt()).isNotNull();
        assertThat(record.explanation())
                .startsWith("The new server could not bind " + place + " (EADDRINUSE, errno 98): 1 socket in TIME_WAIT")
                .endsWith("Both should have set it.");
    }

    @Test
    @DisplayName(
            "When it was bound after retries, then failures and the actual release are counted from the first failure")
    void retried() {
        CycleRecord record = boundAfterRetries(61_250);

        assertThat(record.verdict()).isEqualTo(Verdict.Pass);
        assertThat(record.outcome()).isEqualTo(Outcome.failed);
        assertThat(record.bindFailures()).isEqualTo(3);
        assertThat(actual(record)).isCloseTo(61_250, within(0.01));
        assertThat(record.explanation()).endsWith("The new server was bound after 61.3 s and 3 failed binds.");
    }

    @Test
    @DisplayName(
            "When the port was free before the timer's end, then it is told how long before, and what ends one early")
    void endedEarly() {
        CycleRecord record = boundAfterRetries(44_100);

        assertThat(record.explanation())
                .endsWith(
                        "The new server was bound after 44.1 s and 3 failed binds. The port was free 14.9 s before the"
                                + " timers of what was left. What ends it so early is, as a rule, a reset from a client that tried"
                                + " again from the same port while nobody listened (RFC 1337).");
    }

    @Test
    @DisplayName("When what was left was destroyed, then the port was not released: there is no actual release")
    void cleared() {
        CycleRecorder account = account("onFailure: clear, expect: {outcome: failed}");
        account.old(old(1, false));
        account.stopping();
        account.residue(new PortView(sockets(timeWait()), NOTHING, NOTHING, Map.of()));
        account.failed(settings(2, false), new ExplainedFailure(failure("EADDRINUSE", 98), timeWaits(), EMPTY));
        account.cleared(1);
        account.bound(settings(2, false), bound(2, 20));
        CycleRecord record = record(account);

        assertThat(record.release()).isEqualTo(new ReleaseTimes(60_000.0, 62_048.0, 61_000.5, null, null, null));
        assertThat(record.explanation())
                .endsWith("1 socket was destroyed. The new server was bound after 20 ms and 1 failed bind.");
    }

    @Test
    @DisplayName("When the sockets could not be read, then there are no counts and the reason is told, at either end")
    void unreadable() {
        CycleRecorder account = account("");
        account.old(old(1, false));
        account.stopping();
        account.residue(new PortView(BLIND, BLIND, BLIND, Map.of()));
        account.bound(settings(2, false), bound(2, 0));
        CycleRecord record = record(account);

        assertThat(record.residue()).isNull();
        assertThat(record.peers()).isNull();
        assertThat(record.sendQ()).isNull();
        assertThat(record.unreadable()).isEqualTo("inet_diag: EPERM");
        assertThat(record.verdict()).isEqualTo(Verdict.Inconclusive);
        assertThat(record.explanation())
                .startsWith("The new server bound " + place + "; what was left on the port could not be read.");
    }

    @Test
    @DisplayName("When the clients' end alone could not be read, then the reason is told all the same")
    void unreadablePeers() {
        CycleRecorder account =
                account("clients: {connections: 1}, restart: {close: reset}, expect: {peers: [CLOSE_WAIT]}");
        account.old(old(1, false));
        account.stopping();
        account.residue(new PortView(NOTHING, BLIND, NOTHING, Map.of()));
        account.bound(settings(2, false), bound(2, 0));
        CycleRecord record = record(account);

        assertThat(record.residue()).isEmpty();
        assertThat(record.peers()).isNull();
        assertThat(record.unreadable()).isEqualTo("inet_diag: EPERM");
        assertThat(record.verdict()).isEqualTo(Verdict.Inconclusive);
        assertThat(record.explanation()).contains("could not be read (inet_diag: EPERM)");
    }

    @Test
    @DisplayName(
            "When clients measured, then their downtime and what they saw are told, the outage under way as absent")
    void clients() {
        CycleRecorder account = account("expect: {maxDowntime: 1s}");
        account.old(old(1, false));
        account.stopping();
        account.residue(new PortView(sockets(timeWait()), NOTHING, NOTHING, Map.of()));
        account.bound(settings(2, false), bound(2, 0));
        account.clients(report(1_250.5), new ClientClock());
        CycleRecord record = record(account);

        assertThat(record.downtimeMs()).isEqualTo(1_250.5);
        assertThat(record.downtimeTotalMs()).isEqualTo(1_350.5);
        assertThat(record.clients())
                .isEqualTo(new ClientView(
                        5, 100, 2, 3, Map.of("ECONNREFUSED", 4L), 12L, null, null, null, null, Protocol.rebind));
        assertThat(record.verdict()).isEqualTo(Verdict.Fail);

        account.clients(report(null), new ClientClock());
        CycleRecord underWay = record(account);
        assertThat(underWay.downtimeMs()).isNull();
        assertThat(underWay.verdict()).isEqualTo(Verdict.Inconclusive);
    }

    @Test
    @DisplayName("When the release cannot be told, then no time is given and the reason is")
    void noRelease() {
        Explanation held = explanation(new Release.Unbounded("it is another program's"));
        CycleRecorder account = account("expect: {cause: time_wait}");
        account.old(old(1, false));
        account.stopping();
        account.residue(new PortView(sockets(timeWait()), NOTHING, NOTHING, Map.of()));
        account.failed(settings(2, false), new ExplainedFailure(failure("EADDRINUSE", 98), held, EMPTY));

        assertThat(record(account).release())
                .isEqualTo(new ReleaseTimes(null, null, null, null, null, "it is another program's"));
    }

    @Test
    @DisplayName("When the port may be given to outgoing connections, then a warning says so")
    void ephemeralPort() {
        int last = new Namespace().localPorts().orElseThrow().last();
        var account = new CycleRecorder("made-up", cycle(""), new Place("127.0.0.1", last), new LocalBackend());
        account.warning("And this.");
        assertThat(record(account).warnings())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("Port " + last + " lies in net.ipv4.ip_local_port_range");
    }

    private CycleRecorder account(String spec) {
        return new CycleRecorder("made-up", cycle(spec), place, new LocalBackend());
    }

    private static PlannedCycle cycle(String spec) {
        return ((Plan.Cycles) Planner.plan(Specs.experiment("{" + spec + "}")))
                .copy(0)
                .next();
    }

    private CycleRecord record(CycleRecorder account) {
        try (var sampler = new Sampler(
                new FakeAgent(EMPTY, settings -> new Start.Broken(settings.generation(), "made up"), timeWaits()),
                place,
                new LocalBackend().samplePeriod())) {
            CycleRecord record = account.record(sampler);
            RecordSchema.validate(record);
            return record;
        }
    }

    /** @param millis from the first failure until it was bound */
    private CycleRecord boundAfterRetries(long millis) {
        CycleRecorder account = account("expect: {maxBindFailures: 3}");
        account.old(old(1, false));
        account.stopping();
        account.residue(new PortView(sockets(timeWait()), NOTHING, NOTHING, Map.of()));
        account.failed(settings(2, false), new ExplainedFailure(failure("EADDRINUSE", 98), timeWaits(), EMPTY));
        account.retried(2, System.nanoTime());
        account.bound(settings(2, false), bound(2, millis));
        return record(account);
    }

    @Test
    @DisplayName(
            "When fewer sockets stood in the way than the stop had left, then the record says what became of the others")
    void fewer() {
        assertThat(blockedByOne(sockets(timeWait())).explanation())
                .contains("Of the 3 sockets in TIME_WAIT that the stop left, 2 were gone when the bind failed")
                .doesNotContain("conflict with");
        assertThat(blockedByOne(sockets(timeWait(), timeWait(), timeWait())).explanation())
                .contains("Of the 3 sockets in TIME_WAIT that the stop left, 2 do not conflict with ")
                .doesNotContain("gone when");
        assertThat(blockedByOne(sockets(timeWait(), timeWait())).explanation())
                .contains("1 was gone when the bind failed")
                .contains("; 1 does not conflict with ");
        assertThat(blockedByOne(BLIND).explanation())
                .contains("2 did not stand in the way; whether they were gone by then could not be read.");
    }

    @Test
    @DisplayName("When as many stood in the way as the stop had left, then nothing is said of others")
    void asMany() {
        CycleRecorder account = account("");
        account.residue(new PortView(sockets(timeWait()), NOTHING, NOTHING, Map.of()));
        account.failed(
                settings(2, false),
                new ExplainedFailure(
                        failure("EADDRINUSE", 98),
                        timeWaits(),
                        new PortView(sockets(timeWait()), NOTHING, NOTHING, Map.of())));
        assertThat(record(account).explanation()).doesNotContain("that the stop left");
    }

    @Test
    @DisplayName(
            "When no look before the failed bind could be read, then the residue is what that bind met, and the record says so")
    void residueAtTheFailure() {
        CycleRecord record = failedUnseen(
                unseenBut(BLIND),
                failure("EADDRINUSE", 98),
                new PortView(sockets(timeWait(), timeWait()), sockets(closeWait(7)), NOTHING, Map.of()));

        assertThat(record.residue()).isEqualTo(Map.of("TIME_WAIT", 2));
        assertThat(record.peers()).isEqualTo(Map.of("CLOSE_WAIT", 1));
        assertThat(record.sendQ()).isZero();
        assertThat(record.peerRecvQ()).isEqualTo(7);
        assertThat(record.unreadable()).isNull();
        assertThat(record.warnings())
                .singleElement()
                .asString()
                .contains("(inet_diag: EPERM)", "right after that bind, without what had gone by then");
        assertThat(record.verdict()).isEqualTo(Verdict.Pass);
    }

    @Test
    @DisplayName("When the clients' end was read before the failed bind, then that is kept")
    void peersBefore() {
        CycleRecord record = failedUnseen(
                unseenBut(sockets(closeWait(7))),
                failure("EADDRINUSE", 98),
                new PortView(sockets(timeWait()), NOTHING, NOTHING, Map.of()));

        assertThat(record.residue()).isEqualTo(Map.of("TIME_WAIT", 1));
        assertThat(record.peers()).isEqualTo(Map.of("CLOSE_WAIT", 1));
        assertThat(record.peerRecvQ()).isEqualTo(7);
    }

    @Test
    @DisplayName(
            "When somebody listens at the failed bind, or nothing is there, or it is not sure to be the old one's, then the residue is not known")
    void residueUnknown() {
        Start.Failed inUse = failure("EADDRINUSE", 98);
        PortView left = new PortView(sockets(timeWait()), NOTHING, NOTHING, Map.of());
        TcpSocket listener = socket(TcpState.LISTEN, SocketTimer.NONE, 0);

        staysUnreadable(failedUnseen(
                unseenBut(BLIND), inUse, new PortView(sockets(timeWait(), listener), NOTHING, NOTHING, Map.of())));
        staysUnreadable(failedUnseen(unseenBut(BLIND), inUse, EMPTY));
        staysUnreadable(failedUnseen(unseenBut(BLIND), inUse, unseenBut(BLIND)));
        // It may have listened before it ended.
        staysUnreadable(failedUnseen(unseenBut(BLIND), failure(null, null), left));
        for (Boolean fresh : new @Nullable Boolean[] {true, null}) {
            staysUnreadable(failedUnseen(new InACluster(fresh), unseenBut(BLIND), inUse, left));
        }
        assertThat(failedUnseen(new InACluster(false), unseenBut(BLIND), inUse, left)
                        .residue())
                .isEqualTo(Map.of("TIME_WAIT", 1));
    }

    private static void staysUnreadable(CycleRecord record) {
        assertThat(record.residue()).isNull();
        assertThat(record.sendQ()).isNull();
        assertThat(record.unreadable()).isEqualTo("inet_diag: EPERM");
        assertThat(record.warnings()).isNull();
    }

    private static PortView unseenBut(Reading peers) {
        return new PortView(BLIND, peers, BLIND, Map.of());
    }

    private CycleRecord failedUnseen(PortView residue, Start.Failed failed, PortView atFailure) {
        return failedUnseen(new LocalBackend(), residue, failed, atFailure);
    }

    private CycleRecord failedUnseen(Backend backend, PortView residue, Start.Failed failed, PortView atFailure) {
        var account = new CycleRecorder("made-up", cycle("expect: {cause: time_wait}"), place, backend);
        account.old(old(1, false));
        account.stopping();
        account.residue(residue);
        account.failed(settings(2, false), new ExplainedFailure(failed, timeWaits(), atFailure));
        return record(account);
    }

    @Test
    @DisplayName(
            "When timers show later what was left before the new server, then the record has it, and a warning says how it is known")
    void leftBefore() {
        CycleRecord record = boundUnseen("expect: {residue: [TIME_WAIT]}", false);
        assertThat(record.residue()).isEqualTo(Map.of("TIME_WAIT", 1));
        assertThat(record.verdict()).isEqualTo(Verdict.Pass);
        assertThat(record.warnings())
                .containsExactly("No look at the port could be read between the stop and the start of the new server"
                        + " (inet_diag: EPERM). The residue is what the timers show. There may have been more.");
        assertThat(boundUnseen("expect: {residue: [TIME_WAIT]}", null).residue())
                .as("the namespace may be another")
                .isNull();
    }

    @Test
    @DisplayName("When more may have been left than timers show, then what was not seen decides no verdict")
    void leftBeforeIsNotAll() {
        for (String expected : List.of("[TIME_WAIT, FIN_WAIT_2]", "[]")) {
            CycleRecord record = boundUnseen("expect: {residue: " + expected + "}", false);
            assertThat(record.residue()).isEqualTo(Map.of("TIME_WAIT", 1));
            assertThat(record.verdict()).isEqualTo(Verdict.Inconclusive);
            assertThat(record.explanation()).contains("could not be read (inet_diag: EPERM)");
        }
    }

    private CycleRecord boundUnseen(String spec, @Nullable Boolean freshNamespace) {
        var backend = new InACluster(freshNamespace) {
            @Override
            public InferredResidue leftBefore() {
                return new InferredResidue(List.of(timeWait()), "what the timers show");
            }
        };
        var account = new CycleRecorder("made-up", cycle(spec), place, backend);
        account.old(old(1, true));
        account.stopping();
        account.residue(new PortView(BLIND, NOTHING, BLIND, Map.of()));
        account.bound(settings(2, true), bound(2, 0));
        return record(account);
    }

    /** A pod, of whose fresh container is known, or not, whether it has another network namespace. */
    private static class InACluster extends LocalBackend {
        private final @Nullable Boolean freshNamespace;

        InACluster(@Nullable Boolean freshNamespace) {
            this.freshNamespace = freshNamespace;
        }

        @Override
        public ClusterPlace cluster() {
            return new ClusterPlace("lab", "web-0", "web", "node-1", "pod", freshNamespace, null, null);
        }
    }

    /** Three were left, and one stood in the way. */
    private CycleRecord blockedByOne(Reading then) {
        CycleRecorder account = account("");
        account.residue(new PortView(sockets(timeWait(), timeWait(), timeWait()), NOTHING, NOTHING, Map.of()));
        account.failed(
                settings(2, false),
                new ExplainedFailure(
                        failure("EADDRINUSE", 98), timeWaits(), new PortView(then, NOTHING, NOTHING, Map.of())));
        return record(account);
    }

    private RunningGeneration old(int generation, boolean reuse) {
        return new RunningGeneration(settings(generation, reuse), bound(generation, 0));
    }

    private GenerationSettings settings(int generation, boolean reuse) {
        return cycle("").generation(generation, place, reuse);
    }

    private Start.Bound bound(int generation, long afterMillis) {
        return new Start.Bound(
                generation,
                place,
                List.of(1L),
                Instant.now().plusMillis(afterMillis),
                now.nanos() + afterMillis * 1_000_000);
    }

    private Start.Failed failure(@Nullable String errno, @Nullable Integer number) {
        return new Start.Failed(
                2, settings(2, false), errno, number, "bind", "the server's message", Instant.now(), now.nanos());
    }

    private Explanation timeWaits() {
        return explanation(new Release.Window(
                now.nanos() + 60_000_000_000L,
                now.nanos() + 62_048_000_000L,
                OptionalLong.of(now.nanos() + 61_000_500_000L),
                ""));
    }

    private Explanation explanation(Release release) {
        return new Explanation(
                Cause.time_wait,
                List.of(new Blocker(
                        timeWait(),
                        Cause.time_wait,
                        List.of(new Explanation.HolderProcess(77, "nginx", "nginx -g daemon", "root", null)),
                        1,
                        release)),
                release,
                true,
                List.of(),
                "Both should have set it.",
                new Explanation.Told(
                        List.of("1 socket in TIME_WAIT, left by the old server, which ran without SO_REUSEADDR"),
                        List.of(),
                        List.of(new Explanation.Remedy("wait", true, "Wait."))));
    }

    private TcpSocket timeWait() {
        return socket(TcpState.TIME_WAIT, new SocketTimer(SocketTimer.Kind.TIME_WAIT, Duration.ofSeconds(59), 0), 0);
    }

    private TcpSocket closeWait(long unread) {
        return socket(TcpState.CLOSE_WAIT, SocketTimer.NONE, unread);
    }

    private TcpSocket socket(TcpState state, SocketTimer timer, long unread) {
        var local = new Endpoint(InetAddress.ofLiteral(place.address()), place.port());
        var remote = new Endpoint(InetAddress.ofLiteral("127.0.0.1"), 40_001);
        return TcpSocket.of(state, local, remote).withRecvQ(unread).withTimer(timer);
    }

    private static Reading sockets(TcpSocket... sockets) {
        return new Snapshot(Instant.EPOCH, 0, "made up", List.of(sockets));
    }

    private static double actual(CycleRecord record) {
        ReleaseTimes release = record.release();
        if (release == null || release.actualMs() == null) {
            throw new AssertionError("no actual release");
        }
        return release.actualMs();
    }

    static ClientReport report(@Nullable Double downtimeMs) {
        return report(5, downtimeMs);
    }

    /** @param served how many of five connections are there and have been answered */
    static ClientReport report(int served, @Nullable Double downtimeMs) {
        return report(served, 100, 3, downtimeMs);
    }

    /** @param ends connections that the server has closed */
    static ClientReport report(int served, long connects, long ends, @Nullable Double downtimeMs) {
        return report(served, connects, ends, downtimeMs, null);
    }

    /** One in which all connections are there and an outage is under way. */
    static ClientReport outage() {
        return report(5, 100, 3, null, Instant.EPOCH);
    }

    private static ClientReport report(
            int served, long connects, long ends, @Nullable Double downtimeMs, @Nullable Instant lastGoodAnswerAt) {
        return new ClientReport(
                Instant.EPOCH,
                5,
                served,
                served,
                false,
                connects,
                0,
                Map.of(),
                10,
                Map.of("ECONNREFUSED", 4L),
                0,
                2,
                ends,
                Map.of(),
                1,
                lastGoodAnswerAt,
                null,
                null,
                downtimeMs,
                downtimeMs == null ? null : downtimeMs + 100,
                0,
                0,
                null,
                1,
                12,
                null,
                List.of(),
                null);
    }
}
