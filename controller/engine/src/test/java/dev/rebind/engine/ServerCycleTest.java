package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortView;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.child.Moment;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.plan.Planner;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordSchema;
import dev.rebind.record.Verdict;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.Reading.Unreadable;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.release.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What real sockets do not do when asked to: failures of another kind than EADDRINUSE. */
class ServerCycleTest {
    private static final Snapshot NOTHING = new Snapshot(Instant.EPOCH, 0, "made up", List.of());
    private static final Explanation NOT_IN_USE =
            Explanation.unknown(new Release.Unbounded("not known"), "It may not bind.");

    private final Place place = new Place("127.0.0.1", FreePorts.next());

    @Test
    @DisplayName(
            "When the bind fails for a reason that no waiting changes, then nothing is tried again, and it is said once")
    void anotherErrno() throws InterruptedException {
        var starts = new AtomicInteger();
        CycleRecord record = run("onFailure: wait", settings -> {
            starts.incrementAndGet();
            return settings.generation() == 1 ? bound(settings) : denied(settings);
        });

        assertThat(starts).hasValue(2);
        assertThat(record.verdict()).isEqualTo(Verdict.Error);
        assertThat(record.outcome()).isEqualTo(Outcome.failed);
        assertThat(record.errno()).isEqualTo("EACCES");
        assertThat(record.explanation())
                .isEqualTo("The new server could not bind " + place
                        + " (EACCES, errno 13). It may not bind. Trying again would not change that.");
    }

    @Test
    @DisplayName("When the bind fails for another reason and nobody waits, then the cycle tested nothing")
    void anotherErrnoWithoutWaiting() throws InterruptedException {
        CycleRecord record = run(
                "onFailure: move, expect: {outcome: failed}",
                settings -> settings.generation() == 1 ? bound(settings) : denied(settings));

        assertThat(record.verdict()).isEqualTo(Verdict.Inconclusive);
        assertThat(record.explanation()).contains("failed with EACCES, and not because the port was in use");
    }

    @Test
    @DisplayName("When the new generation cannot be run at all, then there is no outcome, and why is said")
    void broken() throws InterruptedException {
        CycleRecord record = run(
                "",
                settings -> settings.generation() == 1
                        ? bound(settings)
                        : new Start.Broken(settings.generation(), "no memory is left"));

        assertThat(record.verdict()).isEqualTo(Verdict.Error);
        assertThat(record.outcome()).isNull();
        assertThat(record.bindFailures()).isNull();
        assertThat(record.residue()).isEmpty();
        assertThat(record.explanation()).isEqualTo("The new server could not be run: no memory is left.");
    }

    @Test
    @DisplayName(
            "When no look falls between the two servers, then the residue is what the failed bind met; with a listener it is not known")
    void residueAtTheFailure() throws InterruptedException {
        CycleRecord left = failedUnseen(TcpState.TIME_WAIT);
        assertThat(left.residue()).isEqualTo(Map.of("TIME_WAIT", 1));
        assertThat(left.timeline())
                .as("it is of the states over time, too")
                .anySatisfy(sample -> assertThat(sample.states()).isEqualTo(Map.of("TIME_WAIT", 1)));

        CycleRecord held = failedUnseen(TcpState.LISTEN);
        assertThat(held.residue()).isNull();
        assertThat(held.unreadable()).isEqualTo("the port: no look fell between");
    }

    @Test
    @DisplayName(
            "When what met the old generation's bind is gone at the look, then it is tried again, but not for ever")
    void goneAtTheLook() throws InterruptedException {
        var tries = new AtomicInteger();
        CycleRecord met = run("", settings -> tries.incrementAndGet() <= 2 ? inUse(settings) : bound(settings));
        assertThat(met.verdict()).as(met.explanation()).isEqualTo(Verdict.Pass);
        assertThat(met.outcome()).isEqualTo(Outcome.bound);

        CycleRecord stays = run("", ServerCycleTest::inUse);
        assertThat(stays.verdict()).isEqualTo(Verdict.Error);
        assertThat(stays.explanation()).startsWith("The server to restart could not be started");
    }

    @Test
    @DisplayName(
            "When what is left ends at a known time, then the old generation is awaited until then, however short the patience is")
    void leftoversOfKnownEnd() throws InterruptedException {
        long now = System.nanoTime();
        long free = now + 1_500_000_000L;
        PortView left = view(socket(TcpState.TIME_WAIT));
        CycleRecord record = run("retry: {interval: 50ms, timeout: 200ms}", freeAt(free, ServerCycleTest::inUse));

        assertThat(record.outcome()).as(record.explanation()).isEqualTo(Outcome.bound);

        long later = System.nanoTime() + Duration.ofHours(1).toNanos();
        CycleRecord givenUp = run(
                "retry: {interval: 50ms, timeout: 200ms}",
                new FakeAgent(left, left, ServerCycleTest::inUse, endsAt(later)));
        assertThat(givenUp.outcome()).as(givenUp.explanation()).isNull();
    }

    @Test
    @DisplayName(
            "When a program ends without a word of a failed bind, then what is on the port is waited for, and nothing else")
    void wordless() throws InterruptedException {
        long free = System.nanoTime() + 1_500_000_000L;
        CycleRecord waited = run("", freeAt(free, ServerCycleTest::wordless));
        assertThat(waited.outcome()).as(waited.explanation()).isEqualTo(Outcome.bound);

        var starts = new AtomicInteger();
        CycleRecord broken = run("", settings -> {
            starts.incrementAndGet();
            return wordless(settings);
        });
        assertThat(broken.explanation()).startsWith("The server to restart could not be started");
        assertThat(starts).hasValue(1);
    }

    /** A port that a TIME_WAIT leaves then; until then a start fails so. */
    private FakeAgent freeAt(long nanos, Function<GenerationSettings, Start> fails) {
        PortView left = view(socket(TcpState.TIME_WAIT));
        return new FakeAgent(
                left,
                left,
                settings -> System.nanoTime() - nanos < 0 ? fails.apply(settings) : bound(settings),
                endsAt(nanos));
    }

    private static Start wordless(GenerationSettings settings) {
        Moment now = Moment.now();
        return new Start.Failed(
                settings.generation(), settings, null, null, null, "exit code 0", now.at(), now.nanos());
    }

    private Explanation endsAt(long nanos) {
        var release = new Release.Window(nanos, nanos, OptionalLong.empty(), "");
        TcpSocket left = socket(TcpState.TIME_WAIT).sockets().getFirst();
        return new Explanation(
                Cause.time_wait,
                List.of(new Explanation.Blocker(left, Cause.time_wait, List.of(), null, release)),
                release,
                true,
                List.of(),
                null,
                Explanation.Told.NOTHING);
    }

    /** @param there the state of the one socket that is on the port when the bind fails */
    private CycleRecord failedUnseen(TcpState there) throws InterruptedException {
        var unseen = new Unreadable("the port", "no look fell between");
        Snapshot found = socket(there);
        return run(
                "onFailure: move, expect: {outcome: failed}",
                new FakeAgent(
                        new PortView(unseen, unseen, unseen, Map.of()),
                        new PortView(found, NOTHING, NOTHING, Map.of()),
                        settings -> settings.generation() == 1 ? bound(settings) : inUse(settings),
                        NOT_IN_USE));
    }

    private Snapshot socket(TcpState state) {
        return new Snapshot(Instant.EPOCH, 0, "made up", List.of(FakeAgent.socket(place, state)));
    }

    @Test
    @DisplayName(
            "When the clients close first, then the time until they have is no time that the server takes to come back")
    void clientsCloseFirst() throws InterruptedException {
        var looks = new AtomicInteger();
        var gone = new AtomicReference<@Nullable Instant>();
        var clients = new ClosingClients();
        var agent = new FakeAgent(view(NOTHING), ServerCycleTest::bound, NOT_IN_USE)
                .seeing(
                        () -> {
                            if (!clients.closed.get() || looks.incrementAndGet() < 3) {
                                return view(socket(TcpState.ESTABLISHED));
                            }
                            gone.compareAndSet(null, Instant.now());
                            return view(NOTHING);
                        },
                        () -> false);

        CycleRecord record = run("restart: {close: client}, clients: {connections: 5}", agent, (_, _) -> clients);

        assertThat(record.stoppedAt()).isAfterOrEqualTo(Objects.requireNonNull(gone.get()));
        assertThat(record.stopToBound())
                .hasValueSatisfying(took -> assertThat(took.isNegative()).isFalse());
    }

    @Test
    @DisplayName(
            "When another server may listen on the port before the first generation, then clients start when that generation is bound")
    void clientsOfTheFirstGeneration() throws InterruptedException {
        assertThat(order(new LocalBackend())).startsWith("clients", "generation 1", "generation 2");
        assertThat(order(new LocalBackend() {
                    @Override
                    public boolean hasServerBefore() {
                        return true;
                    }
                }))
                .startsWith("generation 1", "clients", "generation 2");
    }

    @Test
    @DisplayName("When the servers are somebody else's, then the last one is left as it is after the last cycle")
    void lastOneStays() throws InterruptedException {
        var own = new FakeAgent(view(NOTHING), ServerCycleTest::bound, NOT_IN_USE);
        run("clients: {connections: 0}", own, ServerCycleTest::noClients, new LocalBackend());
        assertThat(own.stopped()).containsExactly(1, 2);
        var foreign = new FakeAgent(view(NOTHING), ServerCycleTest::bound, NOT_IN_USE);
        run("clients: {connections: 0}", foreign, ServerCycleTest::noClients, new LocalBackend() {
            @Override
            public boolean hasServerBefore() {
                return true;
            }
        });
        assertThat(foreign.stopped()).containsExactly(1);
    }

    /** What is started in a cycle, in its order. */
    private List<String> order(Backend backend) throws InterruptedException {
        List<String> started = new CopyOnWriteArrayList<>();
        var agent = new FakeAgent(
                view(NOTHING),
                settings -> {
                    started.add("generation " + settings.generation());
                    return bound(settings);
                },
                NOT_IN_USE);
        run(
                "clients: {connections: 5, reconnect: false}",
                agent,
                (_, _) -> {
                    started.add("clients");
                    return new ClosingClients();
                },
                backend);
        return started;
    }

    private static PortView view(Snapshot local) {
        return new PortView(local, NOTHING, NOTHING, Map.of());
    }

    /** Servers of which only the first answers its clients. */
    private static final class ServedByTheOld implements CycleClients {
        private final AtomicBoolean answered = new AtomicBoolean(true);
        private final FakeAgent agent = new FakeAgent(
                view(NOTHING),
                settings -> {
                    answered.set(settings.generation() == 1);
                    return bound(settings);
                },
                NOT_IN_USE);

        @Override
        public ClientGroup start(Place place, PlannedCycle plan) {
            return new ClosingClients() {
                @Override
                public ClientReport report() {
                    return CycleRecorderTest.report(answered.get() ? 5 : 0, null);
                }
            };
        }
    }

    @Test
    @DisplayName(
            "When the new server ends before it has served its clients, then nobody waits for it, and they count as not served")
    void endsUnserved() throws InterruptedException {
        var served = new ServedByTheOld();
        CycleRecord record =
                run("clients: {connections: 5}, expect: {residue: []}", served.agent, served, new LocalBackend() {
                    @Override
                    public boolean hasServerEnded() {
                        return true;
                    }
                });

        assertThat(Objects.requireNonNull(record.clients()).served()).isFalse();
        assertThat(record.warnings())
                .anySatisfy(warning -> assertThat(warning).startsWith("Clients were not served again: 0 of 5"));
        assertThat(record.outcome()).isEqualTo(Outcome.bound);
        assertThat(record.verdict()).isEqualTo(Verdict.Fail);
        assertThat(record.explanation())
                .contains("It was bound and did not serve its clients: 0 of 5 were answered within 0.0 s");
    }

    @ParameterizedTest
    @DisplayName("When a request fails just before the clients' last report, then its outage is waited for, and the"
            + " downtime is known")
    @ValueSource(ints = {1, 2, 3, 4})
    void outageAtTheEnd(int at) throws InterruptedException {
        var fresh = new AtomicBoolean();
        var reports = new AtomicInteger();
        var agent = new FakeAgent(
                view(NOTHING),
                settings -> {
                    fresh.set(settings.generation() == 2);
                    return bound(settings);
                },
                NOT_IN_USE);
        var clients = new ClosingClients() {
            @Override
            public ClientReport report() {
                return fresh.get() && reports.incrementAndGet() == at
                        ? CycleRecorderTest.outage()
                        : CycleRecorderTest.report(40.0);
            }
        };
        CycleRecord record = run("clients: {connections: 5}", agent, (_, _) -> clients);

        assertThat(record.downtimeMs()).isEqualTo(40);
        assertThat(Objects.requireNonNull(record.clients()).served()).isTrue();
    }

    @Test
    @DisplayName(
            "When clients are not served within the time that the experiment allows, then the cycle fails, and says that time")
    void servedWithin() throws InterruptedException {
        var served = new ServedByTheOld();
        CycleRecord record =
                run("clients: {connections: 5}, expect: {residue: [], servedWithin: 100ms}", served.agent, served);

        assertThat(record.verdict()).isEqualTo(Verdict.Fail);
        assertThat(record.explanation()).contains("within 0.1 s");
    }

    @Test
    @DisplayName("When clients are not served before the restart, then the record names where they connect")
    void unservedBefore() throws InterruptedException {
        var agent = new FakeAgent(view(NOTHING), ServerCycleTest::bound, NOT_IN_USE);
        var unserved = new ClosingClients() {
            @Override
            public ClientReport report() {
                return CycleRecorderTest.report(0, null);
            }
        };
        String spec = "clients: {connections: 5}, expect: {residue: [], servedWithin: 100ms}";

        CycleRecord elsewhere = run(spec, agent, (_, _) -> unserved, new LocalBackend() {
            @Override
            public String clientAddress() {
                return "10.96.0.2:443";
            }
        });
        CycleRecord here = run(spec, agent, (_, _) -> unserved);

        assertThat(elsewhere.explanation()).contains("The clients were not served at 10.96.0.2:443 before the restart");
        assertThat(here.explanation()).contains("The clients were not served at " + place + " before the restart");
    }

    /** They are served, and close when they are told to. */
    private static class ClosingClients implements ClientGroup {
        final AtomicBoolean closed = new AtomicBoolean();

        @Override
        public void order(ClientOrder order) {
            if (order == ClientOrder.close) {
                closed.set(true);
            }
        }

        @Override
        public ClientReport report() {
            return CycleRecorderTest.report(null);
        }

        @Override
        public String condition() {
            return "";
        }

        @Override
        public void close() {}
    }

    private CycleRecord run(String spec, Function<GenerationSettings, Start> starts) throws InterruptedException {
        return run(spec, new FakeAgent(new PortView(NOTHING, NOTHING, NOTHING, Map.of()), starts, NOT_IN_USE));
    }

    private CycleRecord run(String spec, FakeAgent agent) throws InterruptedException {
        return run(
                (spec.isEmpty() ? "" : spec + ", ") + "clients: {connections: 0}", agent, ServerCycleTest::noClients);
    }

    private CycleRecord run(String spec, FakeAgent agent, CycleClients clients) throws InterruptedException {
        return run(spec, agent, clients, new LocalBackend());
    }

    private CycleRecord run(String spec, FakeAgent agent, CycleClients clients, Backend backend)
            throws InterruptedException {
        var plan = (Plan.Cycles) Planner.plan(Specs.experiment("{" + spec + "}"));
        PlannedCycle cycle = plan.copy(0).next();
        try (var site = new TestSite(agent, clients, place, new AtomicInteger(1)::getAndIncrement, backend)) {
            CycleRecord record =
                    new ServerCycle(agent, ServerCycleTest::noObstacle, "made-up", cycle, site, _ -> {}).run();
            RecordSchema.validate(record);
            return record;
        }
    }

    private static ClientGroup noClients(Place place, PlannedCycle plan) {
        throw new AssertionError("no clients are planned");
    }

    private static ServerCycle.Placed noObstacle(Place place, PlannedCycle.Obstacle obstacle) {
        throw new AssertionError("no obstacle is planned");
    }

    private static Start bound(GenerationSettings settings) {
        Moment now = Moment.now();
        return new Start.Bound(settings.generation(), settings.place(), List.of(1L), now.at(), now.nanos());
    }

    private static Start denied(GenerationSettings settings) {
        return failed(settings, "EACCES", 13, "Permission denied");
    }

    private static Start inUse(GenerationSettings settings) {
        return failed(settings, "EADDRINUSE", 98, "Address already in use");
    }

    private static Start failed(GenerationSettings settings, String errno, int number, String message) {
        Moment now = Moment.now();
        return new Start.Failed(settings.generation(), settings, errno, number, "bind", message, now.at(), now.nanos());
    }
}
