package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.slow;
import static dev.rebind.e2e.junit.Claims.bound;

import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.operator.resource.ExperimentStatus;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two controllers. */
final class ReplicasChecks {
    @RegisterExtension
    static final Lane LANE = Lane.named("replicas").value("controller.replicas", 2);

    @Check("faults/leader-killed")
    void handedOver(Release release, Experiments experiments, Claims claims) {
        experiments.start("handed-over", slow(30));
        experiments.awaitCycles("handed-over", 5);
        String first = release.leader();
        claims.assertThat(release.pods("controller")).as("controllers").hasSize(2);
        claims.assertThat(experiments.status("handed-over").controller())
                .as("status.controller")
                .isEqualTo(first);
        Instant began = Instant.now();
        Cluster.client()
                .pods()
                .inNamespace(release.namespace())
                .withName(first)
                .withGracePeriod(0)
                .delete();
        int before = experiments.status("handed-over").cycles().done();
        experiments.await(
                "handed-over",
                "a cycle of another",
                status -> status.cycles().done() >= before + 2 && !first.equals(status.controller()));
        double took = Records.seconds(Duration.between(began, Instant.now()));
        ExperimentStatus status = experiments.over("handed-over");
        claims.completed(status);
        claims.counted(status, bound(30));
        claims.lastRecords(status, 30);
        claims.assertThat(release.leader()).as("the Lease's holder").isEqualTo(status.controller());
        claims.restored(release, status);
        claims.seen("another controller's cycle after %.1f s, 30 cycles in all".formatted(took));
    }
}
