package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Records.left;
import static dev.rebind.e2e.checks.Records.waited;
import static dev.rebind.e2e.checks.Specs.EXPECT_BOUND;
import static dev.rebind.e2e.checks.Specs.EXPECT_TIME_WAIT;
import static dev.rebind.e2e.checks.Specs.STAY_AWAY;
import static dev.rebind.e2e.checks.Specs.experiment;
import static dev.rebind.e2e.checks.Specs.waiting;
import static dev.rebind.e2e.junit.Claims.bound;
import static dev.rebind.e2e.junit.Claims.timeWait;

import dev.rebind.diagnosis.Cause;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Experiments.Over;
import dev.rebind.e2e.cluster.NodePort;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Spec;
import dev.rebind.e2e.junit.Below;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.e2e.junit.Need;
import dev.rebind.e2e.junit.Needs;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.clients.ClientView;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The table of networks and restart modes: what comes of the first bind when the server closes first. */
abstract sealed class TableChecks {
    /** TIME_WAIT lasts 60 s, rounded up to the kernel's timers. */
    static final double TIME_WAIT_SECONDS = 60;
    /** What comes after is how long a process takes to start, on a busy machine too. */
    static final double LATEST_SECONDS = 180;

    /** A server with this share of a busy node starts before what the old one has left is gone. */
    private static final String SHARE = "server.resources.requests.cpu";

    private static final String SOON = "200m";

    /** How often a container that came too late is tried again, each time in a new pod. */
    private static final int LATE_TRIES = 3;

    private final String network;

    private TableChecks(String network) {
        this.network = network;
    }

    @Below("table/hostNetwork")
    static final class HostNetwork extends TableChecks {
        @RegisterExtension
        static final Lane LANE = Lane.named("host-network")
                .onHost(NodePort.HOST_NETWORK, NodePort.HOST_NETWORK_AGENT)
                .value(SHARE, SOON);

        HostNetwork() {
            super("hostNetwork");
        }
    }

    @Below("table/hostPort")
    static final class HostPort extends TableChecks {
        @RegisterExtension
        static final Lane LANE = Lane.named("host-port")
                .value("server.network", "hostPort")
                .value("server.hostPort", NodePort.HOST_PORT.number())
                .value(SHARE, SOON);

        HostPort() {
            super("hostPort");
        }
    }

    @Below("table/pod")
    static final class PodNetwork extends TableChecks {
        @RegisterExtension
        static final Lane LANE = Lane.named("pod-network").value(SHARE, SOON);

        PodNetwork() {
            super("pod");
        }
    }

    @Check("process/on")
    @Needs(Need.PROCESS_MODE)
    void processOn(Release release, Experiments experiments, Claims claims) {
        on(Mode.process, release, experiments, claims);
    }

    @Check("process/off")
    @Needs(Need.PROCESS_MODE)
    void processOff(Release release, Experiments experiments, Claims claims) {
        off(Mode.process, release, experiments, claims);
    }

    @Check("listener/on")
    @Needs(Need.LISTENER_MODE)
    void listenerOn(Release release, Experiments experiments, Claims claims) {
        on(Mode.listener, release, experiments, claims);
    }

    @Check("listener/off")
    @Needs(Need.LISTENER_MODE)
    void listenerOff(Release release, Experiments experiments, Claims claims) {
        off(Mode.listener, release, experiments, claims);
    }

    @Check("container/on")
    @Needs(Need.CONTAINER_MODE)
    void containerOn(Release release, Experiments experiments, Claims claims) {
        ServerPod.makeAnew(release);
        on(Mode.container, release, experiments, claims);
    }

    @Check("container/off")
    @Needs(Need.CONTAINER_MODE)
    void containerOff(Release release, Experiments experiments, Claims claims) {
        ServerPod.makeAnew(release);
        off(Mode.container, release, experiments, claims);
    }

    @Check("pod/on")
    @Needs(Need.POD_MODE)
    void podOn(Release release, Experiments experiments, Claims claims) {
        on(Mode.pod, release, experiments, claims);
    }

    @Check("pod/off")
    @Needs(Need.POD_MODE)
    void podOff(Release release, Experiments experiments, Claims claims) {
        off(Mode.pod, release, experiments, claims);
    }

    /** Only a new pod with a network namespace of its own does not meet what the old one has left. */
    private boolean isFresh(Mode mode) {
        return mode == Mode.pod && !network.equals("hostNetwork");
    }

    private void off(Mode mode, Release release, Experiments experiments, Claims claims) {
        Outcome outcome = isFresh(mode) ? Outcome.bound : Outcome.failed;
        String name = "off-" + mode;
        Spec spec = outcome == Outcome.failed
                ? waiting(mode, 1).with(STAY_AWAY).with(EXPECT_TIME_WAIT)
                : experiment(mode, false, 1).with(EXPECT_BOUND);
        Over over = experiments.run(name, spec);
        // A kubelet and a JVM that are so late that nothing is left for the new container to meet say nothing about the
        // rule.
        for (int again = 1; mode == Mode.container && again <= LATE_TRIES && cameTooLate(over.record()); again++) {
            System.out.printf(
                    "%s on %s: the container came %.1f s after the stop, once more%n",
                    name, network, waited(over.record()));
            experiments.delete(name);
            ServerPod.makeAnew(release);
            over = experiments.run(name, spec);
        }
        CycleRecord record = over.status().records().getFirst();
        facts(record, mode, release, claims);
        claims.assertThat(record.reuse()).as("reuse").isEqualTo(Records.OFF);
        claims.assertThat(record.outcome())
                .as("outcome (%s, bound %s s after the stop)", record.explanation(), waited(record))
                .isEqualTo(outcome);
        claims.assertThat(record.cause()).as("cause").isEqualTo(outcome == Outcome.failed ? Cause.time_wait : null);
        if (outcome == Outcome.failed) {
            explained(record, claims);
        }
        claims.completed(over.status());
        claims.numbered(over, 1);
        claims.counted(over.status(), outcome == Outcome.failed ? timeWait(1) : bound(1));
        claims.condition(over.status(), "Passed", Truth.True);
        claims.restored(release, over.status());
        claims.seen(
                outcome == Outcome.failed
                        ? "failed with %s over %s, bound after %.1f s"
                                .formatted(record.cause(), record.residue(), waited(record))
                        : "bound over " + record.residue());
    }

    private static boolean cameTooLate(CycleRecord record) {
        Double waited = waited(record);
        return Records.bound(record) && waited != null && waited > TIME_WAIT_SECONDS;
    }

    private void facts(CycleRecord record, Mode mode, Release release, Claims claims) {
        claims.assertThat(record.restart()).as("restart").isEqualTo(mode.name());
        claims.assertThat(record.closedBy()).as("closedBy").isEqualTo("server");
        claims.assertThat(record.port()).as("port").isEqualTo(release.port());
        var place = record.cluster();
        claims.assertThat(place).as("cluster").isNotNull();
        if (place != null) {
            claims.assertThat(place.network()).as("cluster.network").isEqualTo(network);
            claims.assertThat(place.freshNamespace())
                    .as("cluster.freshNamespace")
                    .isEqualTo(isFresh(mode));
            if (mode.isFresh()) {
                claims.assertThat(place.containerStartMs())
                        .as("cluster.containerStartMs")
                        .isNotNull()
                        .isBetween(1.0, 300_000.0);
            }
        }
    }

    private static void explained(CycleRecord record, Claims claims) {
        claims.assertThat(record.call()).as("call").isEqualTo("bind");
        claims.assertThat(record.errno()).as("errno").isEqualTo("EADDRINUSE");
        // A request on its way when the server closes resets its connection, which leaves no socket.
        ClientView clients = record.clients();
        boolean crossed = clients != null && clients.bytesLost() != null && clients.bytesLost() > 0;
        claims.residue(record, crossed ? 1 : 5, "TIME_WAIT");
        claims.assertThat(record.explanation()).as("explanation").contains("TIME_WAIT");
        claims.assertThat(record.prevention()).as("prevention").contains("SO_REUSEADDR");
        claims.assertThat(record.bindFailures()).as("failed binds").isNotNull().isBetween(1, 100_000);
        claims.assertThat(waited(record))
                .as("seconds until it was bound")
                .isNotNull()
                .isBetween(TIME_WAIT_SECONDS, LATEST_SECONDS);
    }

    private void on(Mode mode, Release release, Experiments experiments, Claims claims) {
        Over over = experiments.run("on-" + mode, experiment(mode, true, 2).with(EXPECT_BOUND));
        claims.every("bound", over.records(), record -> Records.bound(record) && record.cause() == null);
        claims.every(
                "restart " + mode + " on " + network,
                over.records(),
                record -> record.restart().equals(mode.name())
                        && record.cluster() != null
                        && network.equals(record.cluster().network()));
        claims.every("reuse on", over.records(), record -> Records.ON.equals(record.reuse()));
        if (!isFresh(mode)) {
            // Not of each client: a server that ends with a request unread resets that connection.
            claims.every("TIME_WAIT left", over.records(), record -> left(record, "TIME_WAIT") >= 1);
        }
        claims.completed(over.status());
        claims.numbered(over, 2);
        claims.counted(over.status(), bound(2));
        claims.restored(release, over.status());
        claims.seen("bound over " + over.records().getLast().residue());
    }
}
