package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.experiment;
import static dev.rebind.e2e.checks.Specs.slow;
import static dev.rebind.e2e.cluster.Tool.helm;
import static dev.rebind.e2e.cluster.Tool.kubectl;
import static dev.rebind.e2e.junit.Claims.bound;
import static dev.rebind.e2e.junit.Claims.numbers;

import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Experiments.Over;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Settings;
import dev.rebind.e2e.cluster.Watched;
import dev.rebind.e2e.junit.Below;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Full;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.e2e.junit.Need;
import dev.rebind.e2e.junit.Needs;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.record.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a platform does to a running experiment. With FULL=1 only, as each takes minutes. Those that replace the release come last. */
@Full
@Below("hardship")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class HardshipChecks {
    @RegisterExtension
    static final Lane LANE = Lane.named("hardship");

    /** An autoscaler adds a pod to the target: the experiment goes on with the pod that it holds, and its end takes nothing from the new one. */
    @Check("autoscaled")
    @Order(1)
    void autoscaled(Release release, Experiments experiments, Claims claims) {
        experiments.start("scaled", slow(60));
        experiments.awaitCycles("scaled", 3);
        Cluster.apply(release.namespace(), """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: scaler}
            spec:
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: rebind-server}
              minReplicas: 2
              maxReplicas: 2
              metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 90}}}]
            """);
        try {
            Await.until("there are two pods", 300, () -> release.pods("server").size() == 2);
            int before = experiments.status("scaled").cycles().done();
            ExperimentStatus status = experiments.await(
                    "scaled",
                    "5 cycles more",
                    seen -> seen.cycles().done() >= before + 5 || seen.phase().isOver());
            claims.assertThat(status.phase()).as("phase with two pods").isIn(Phase.Running, Phase.Completed);
            status = experiments.over("scaled");
            claims.completed(status);
            claims.counted(status, bound(60));
        } finally {
            kubectl("-n", release.namespace(), "delete", "hpa", "scaler");
            kubectl("-n", release.namespace(), "scale", "deployment/rebind-server", "--replicas=1");
            Await.until("there is one pod", 300, () -> release.pods("server").size() == 1);
        }
        experiments.delete("scaled");
        claims.seen("a second pod came during the run; 60 cycles on the first");
    }

    /** The kubelet of the target's node stands still for a while: no container is restarted meanwhile, which delays a cycle and decides nothing. */
    @Check("kubelet-frozen")
    @Order(2)
    @Needs(Need.FROZEN_KUBELET)
    void kubeletFrozen(Release release, Experiments experiments, Claims claims) {
        Settings settings = release.settings();
        String node = release.pod("server").getSpec().getNodeName();
        experiments.start("kubelet", experiment(Mode.container, true, 3));
        experiments.awaitCycles("kubelet", 1);
        try (var _ = Freeze.of(settings.freezeKubelet(), settings.thawKubelet(), Map.of("NODE", node))) {
            // Shorter than the 40 s after which a node that is not heard of is taken for dead.
            Await.pass(Duration.ofSeconds(30));
        }
        ExperimentStatus status = experiments.over("kubelet");
        claims.completed(status);
        claims.numbered(new Over(status, experiments.records("kubelet")), 3);
        claims.counted(status, bound(3));
        claims.restored(release, status);
        experiments.delete("kubelet");
        claims.seen("the kubelet of %s stood still for 30 s: 3 of 3 bound".formatted(node));
    }

    /** An upgrade of the controller, and the rollback of it, during a run: other controllers go on with it. */
    @Check("upgraded")
    @Order(3)
    void upgraded(Release release, Experiments experiments, Claims claims) {
        var watched = new Watched();
        String server = Pods.uid(release.pod("server"));
        experiments.start("upgraded", slow(60));
        experiments.awaitCycles("upgraded", 5);
        String first = release.leader();
        String revision = Cluster.json(
                        "helm history",
                        helm("history", List.of(Release.NAME, "-n", release.namespace(), "--max", "1", "-o", "json")))
                .path(0)
                .path("revision")
                .asText();
        helm(
                "upgrade",
                Stream.concat(
                                release.flags(Map.of()).stream(),
                                Stream.of("--set", "controller.resources.requests.cpu=51m"))
                        .toList());
        ExperimentStatus status = goesOn(experiments, first, 10, watched, claims);
        String second = String.valueOf(status.controller());
        helm("rollback", List.of(Release.NAME, revision, "-n", release.namespace()));
        goesOn(experiments, second, status.cycles().done() + 3, watched, claims);
        status = experiments.over("upgraded", watched::see);
        claims.completed(status);
        claims.counted(status, bound(60));
        claims.assertThat(watched.twice()).as("cycles that were counted twice").isEmpty();
        claims.assertThat(watched.records().tailMap(41).keySet())
                .as("cycles that the status ever showed, from the last 20 on")
                .containsExactlyElementsOf(numbers(41, 60));
        claims.assertThat(Pods.uid(release.pod("server")))
                .as("the server's pod")
                .isEqualTo(server);
        claims.restored(release, status);
        experiments.delete("upgraded");
        claims.seen("three controllers, 60 cycles, none lost, none twice");
    }

    /** It runs under another controller than the former one, and has at least so many cycles. */
    private static ExperimentStatus goesOn(
            Experiments experiments, String former, int cycles, Watched watched, Claims claims) {
        ExperimentStatus status =
                experiments.await("upgraded", "a cycle of another controller than " + former, seen -> {
                    watched.see(seen);
                    return (!former.equals(seen.controller()) && seen.cycles().done() >= cycles)
                            || seen.phase().isOver();
                });
        claims.phase(status, Phase.Running);
        claims.assertThat(status.controller()).as("status.controller").isNotEqualTo(former);
        return status;
    }

    /** An upgrade that replaces the target's own pod during a run. */
    @Check("server-upgraded")
    @Order(4)
    void serverUpgraded(Release release, Experiments experiments, Claims claims) {
        var watched = new Watched();
        String server = Pods.uid(release.pod("server"));
        experiments.start("replaced", slow(40));
        experiments.awaitCycles("replaced", 5);
        helm("upgrade", release.flags(Map.of("server.resources.requests.cpu", "51m")));
        release.ready();
        ExperimentStatus status = experiments.over("replaced", watched::see);
        claims.assertThat(Pods.uid(release.pod("server")))
                .as("the server's pod")
                .isNotEqualTo(server);
        claims.numbered(new Over(status, experiments.records("replaced")), 40);
        carriedOn(release, status, watched, claims);
        experiments.delete("replaced");
        claims.seen(told(status));
    }

    /** The node of the target's pod is drained during a run. Its Deployment brings it back elsewhere, and the experiment goes on there. */
    @Check("drained")
    @Order(5)
    void drained(Release release, Experiments experiments, Claims claims) {
        long open = Cluster.nodes().stream()
                .filter(node -> !Boolean.TRUE.equals(node.getSpec().getUnschedulable()))
                .count();
        Assumptions.assumeTrue(open >= 2, "a drained pod needs a second node");
        var watched = new Watched();
        experiments.start("drained", slow(40));
        experiments.awaitCycles("drained", 5);
        String node = release.pod("server").getSpec().getNodeName();
        ExperimentStatus status;
        try {
            kubectl(
                    "drain",
                    node,
                    "--pod-selector=app.kubernetes.io/instance=rebind,app.kubernetes.io/component=server",
                    "--ignore-daemonsets",
                    "--delete-emptydir-data",
                    "--timeout=300s");
            status = experiments.over("drained", watched::see);
            claims.assertThat(release.pod("server").getSpec().getNodeName())
                    .as("the node of the pod")
                    .isNotEqualTo(node);
        } finally {
            kubectl("uncordon", node);
        }
        claims.numbered(new Over(status, experiments.records("drained")), 40);
        carriedOn(release, status, watched, claims);
        experiments.delete("drained");
        claims.seen("%s drained: %s".formatted(node, told(status)));
    }

    /** The release is uninstalled during a run, and installed again: nothing hangs meanwhile, and the experiment comes to an end. */
    @Check("uninstalled")
    @Order(6)
    void uninstalled(Release release, Experiments experiments, Claims claims) {
        var watched = new Watched();
        experiments.start("orphaned", slow(40));
        experiments.start("forgotten", slow(40).with("suspend: true"));
        experiments.await("orphaned", "5 cycles", seen -> {
            watched.see(seen);
            return seen.cycles().done() >= 5;
        });
        helm("uninstall", List.of(Release.NAME, "-n", release.namespace(), "--wait"));
        claims.assertThat(experiments.status("orphaned").phase())
                .as("its phase without a controller")
                .isEqualTo(Phase.Running);
        // Nobody is there who could remove a finalizer.
        kubectl("-n", release.namespace(), "delete", "rbx", "forgotten", "--timeout=20s");
        helm("install", release.flags(Map.of()));
        release.ready();
        ExperimentStatus status = experiments.over("orphaned", watched::see);
        claims.assertThat(status.cycles().done()).as("status.cycles.done").isEqualTo(40);
        carriedOn(release, status, watched, claims);
        experiments.delete("orphaned");
        claims.seen(told(status));
    }

    /** It came to its end although its target went meanwhile. */
    private static void carriedOn(Release release, ExperimentStatus status, Watched watched, Claims claims) {
        claims.phase(status, Phase.Completed);
        claims.assertThat(watched.twice()).as("cycles that were counted twice").isEmpty();
        // The cycle in which the pod went has no outcome: it is told, and is no failed bind.
        claims.assertThat(status.cycles().failed()).as("failed binds").isZero();
        claims.assertThat(status.cycles().error() + status.cycles().inconclusive())
                .as("cycles without an outcome")
                .isBetween(0, 2);
        claims.restored(release, status);
    }

    private static String told(ExperimentStatus status) {
        return "%d of %d bound, %d without an outcome, verdict %s"
                .formatted(
                        status.cycles().bound(),
                        status.cycles().done(),
                        status.cycles().error(),
                        status.verdict());
    }
}
