package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.PortView;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.child.Moment;
import dev.rebind.experiment.Specs;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.plan.Planner;
import dev.rebind.record.CycleRecord;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When the residue of a stop stands still. */
class ResidueSettlingTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Snapshot NOTHING = new Snapshot(Instant.EPOCH, 0, "made up", List.of());
    private static final Place PLACE = new Place("127.0.0.1", 8080);
    private static final PortView WAITS = view(TcpState.FIN_WAIT_2);
    private static final PortView CLOSED = view(TcpState.TIME_WAIT);

    private final AtomicInteger looks = new AtomicInteger();

    /** Where the kubelet starts the new server. */
    private static final class Kubelet extends LocalBackend {
        @Override
        public boolean triesByItself() {
            return true;
        }
    }

    private static PortView view(TcpState state) {
        var socket = TcpSocket.of(state, new Endpoint(LOOPBACK, PLACE.port()), new Endpoint(LOOPBACK, 40_001));
        return new PortView(new Snapshot(Instant.EPOCH, 0, "made up", List.of(socket)), NOTHING, NOTHING, Map.of());
    }

    /** @param pastAfter this many looks */
    private Map<String, Integer> residue(String mode, Backend backend, int pastAfter, PortView... seen)
            throws InterruptedException {
        var agent = new FakeAgent(
                        CLOSED,
                        settings -> {
                            Moment now = Moment.now();
                            return new Start.Bound(
                                    settings.generation(), settings.place(), List.of(1L), now.at(), now.nanos());
                        },
                        Explanation.unknown(new Release.Unbounded("not known"), "It binds."))
                .seeing(() -> seen[Math.min(looks.getAndIncrement(), seen.length - 1)], () -> looks.get() >= pastAfter);
        var plan = (Plan.Cycles)
                Planner.plan(Specs.experiment("{restart: {mode: " + mode + "}, clients: {connections: 0}}"));
        PlannedCycle cycle = plan.ofUnknownServer(null).copy(0).next();
        try (var site = new TestSite(
                agent, ResidueSettlingTest::noClients, PLACE, new AtomicInteger(1)::getAndIncrement, backend)) {
            CycleRecord record = new ServerCycle(
                            agent,
                            (_, _) -> {
                                throw new AssertionError("no obstacle is planned");
                            },
                            "made-up",
                            cycle,
                            site,
                            _ -> {})
                    .run();
            return record.residue() == null ? Map.of() : record.residue();
        }
    }

    private static ClientGroup noClients(Place place, PlannedCycle plan) {
        throw new AssertionError("no clients are planned");
    }

    private static PortView[] times(int times, PortView view, PortView then) {
        PortView[] all = new PortView[times + 1];
        Arrays.fill(all, view);
        all[times] = then;
        return all;
    }

    @Test
    @DisplayName("When the kubelet starts the new server, then the residue is waited for until the clients have closed")
    void untilClosed() throws Exception {
        assertThat(residue("container", new Kubelet(), Integer.MAX_VALUE, times(5, WAITS, CLOSED)))
                .isEqualTo(Map.of("TIME_WAIT", 1));
    }

    @Test
    @DisplayName(
            "When the new server is there before the clients have closed, then the look before that is the residue")
    void past() throws Exception {
        assertThat(residue("container", new Kubelet(), 3, times(20, WAITS, CLOSED)))
                .isEqualTo(Map.of("FIN_WAIT_2", 1));
        assertThat(looks).hasValue(3);
    }

    @Test
    @DisplayName("When Rebind starts the new server, then it keeps nobody waiting for clients that do not close")
    void own() throws Exception {
        assertThat(residue("process", new LocalBackend(), Integer.MAX_VALUE, times(5, WAITS, CLOSED)))
                .isEqualTo(Map.of("FIN_WAIT_2", 1));
    }
}
