package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.EXPECT_BOUND;
import static dev.rebind.e2e.checks.Specs.experiment;
import static dev.rebind.e2e.checks.Specs.slow;
import static dev.rebind.e2e.checks.Theirs.toggled;
import static dev.rebind.e2e.cluster.Tool.kubectl;
import static dev.rebind.e2e.junit.Claims.bound;

import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.resource.RebindExperiment;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The CustomResourceDefinition goes under running experiments, and comes back. */
final class DefinitionChecks {
    private static final Duration WITHOUT = Duration.ofSeconds(20);
    /** A controller that asks for what is not there logs each failed try; its informers are three, and try at most once a second. */
    private static final long LINES = 150;

    @RegisterExtension
    static final Lane LANE = Lane.named("definition").values(Theirs.VALUES);

    @Check("faults/definition-deleted")
    void deleted(Release release, Experiments experiments, Claims claims) {
        assumeAlone(release);
        var theirs = new Theirs(release);
        theirs.deploy();
        Map<String, String> before = theirs.data();
        experiments.start("listener", slow(500));
        experiments.start("toggled", toggled("container").with("{cycles: 50, clients: {connections: 0}}"));
        experiments.awaitCycles("listener", 2);
        experiments.await("toggled", "the key is changed", status -> status.toggled() != null);
        Pod controller = release.pod("controller");
        kubectl("delete", "crd", Cluster.CRD, "--timeout=120s");
        claims.assertThat(Cluster.crdIsThere()).as("the definition is there").isFalse();
        claims.assertThat(Await.reached(
                        "the key has its own value", 120, () -> theirs.data().equals(before)))
                .as("the key has its own value without the definition")
                .isTrue();
        claims.boundAgain(release, 30);
        long lines = lines(release, controller);
        Await.pass(WITHOUT);
        long more = lines(release, controller) - lines;
        claims.assertThat(more)
                .as("lines that the controller logs in %d s without the definition", WITHOUT.toSeconds())
                .isLessThan(LINES);
        claims.assertThat(Pods.isReady(release.pod("controller")))
                .as("the controller is ready without the definition")
                .isTrue();
        Cluster.applyCrd();
        var own = experiments.run("own", experiment(Mode.process, true, 2).with(EXPECT_BOUND));
        claims.completed(own.status());
        claims.counted(own.status(), bound(2));
        claims.restored(release, own.status());
        release.rolledOut("deployment/" + Theirs.NAME);
        claims.completed(experiments
                .run("theirs", toggled("pod").with(EXPECT_BOUND).with("clients: {connections: 0}"))
                .status());
        theirs.claimOwn(claims, before);
        claims.assertThat(Pods.uid(release.pod("controller")))
                .as("the controller")
                .isEqualTo(Pods.uid(controller));
        claims.noRestart(release, Pods.restarts(controller));
        experiments.delete("own", "theirs");
        claims.seen(
                "target and key were given back; %d lines of log in %d s without the definition; new experiments ran after it was back, under the same controller"
                        .formatted(more, WITHOUT.toSeconds()));
    }

    /** All experiments of the cluster go with the definition. */
    private static void assumeAlone(Release release) {
        List<String> others =
                Cluster.client().resources(RebindExperiment.class).inAnyNamespace().list().getItems().stream()
                        .map(HasMetadata::getMetadata)
                        .filter(one -> !one.getNamespace().equals(release.namespace()))
                        .map(one -> one.getNamespace() + "/" + one.getName())
                        .toList();
        Assumptions.assumeTrue(others.isEmpty(), () -> "experiments of others are in the cluster: " + others);
    }

    private static long lines(Release release, Pod controller) {
        return Pods.log(release.namespace(), Pods.name(controller)).lines().count();
    }
}
