package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Theirs.toggled;
import static dev.rebind.e2e.checks.Theirs.untoggled;
import static dev.rebind.e2e.cluster.Tool.kubectl;

import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A target goes with its namespace. */
final class DyingChecks {
    @RegisterExtension
    static final Lane LANE = Lane.named("dying").alsoIn("doomed").values(Theirs.VALUES);

    /** A watched namespace is deleted under a running experiment that has changed a key: its Role goes first, and nothing waits for the controller. */
    @Check("targets/namespace-deleted")
    void namespaceDeleted(Release release, Experiments experiments, Claims claims) {
        String doomed = release.other();
        Experiments there = experiments.in(doomed);
        release.allowExperiments(doomed, true);
        Theirs.applyKey(doomed);
        Theirs.apply(doomed, Theirs.server(release, Theirs.NAME));
        kubectl("-n", doomed, "rollout", "status", "deployment/theirs", "--timeout=300s");
        there.start("doomed", toggled("container").with("{cycles: 100, clients: {connections: 0}}"));
        there.await("doomed", "the key is changed", status -> status.toggled() != null);
        claims.assertThat(there.get("doomed").getMetadata().getFinalizers())
                .as("finalizers")
                .isEmpty();
        claims.assertThat(Cluster.configMap(release.namespace(), Release.NAME + "-controller-toggles"))
                .as("entries of the journal")
                .hasSize(1);
        kubectl("delete", "namespace", doomed, "--wait=false");
        Await.until("the namespace is gone", 400, () -> !Cluster.isThere(doomed));
        // The others do not notice: experiments are run before and after the controller begins anew.
        new Theirs(release).deploy();
        completes("after", experiments, claims);
        kubectl("-n", release.namespace(), "rollout", "restart", "deployment/" + Release.NAME + "-controller");
        release.rolledOut("deployment/" + Release.NAME + "-controller");
        completes("begun-anew", experiments, claims);
        claims.seen("gone with its experiment; experiments elsewhere went on, with a controller that began anew too");
    }

    private static void completes(String name, Experiments experiments, Claims claims) {
        claims.completed(experiments
                .run(name, untoggled("pod").with("clients: {connections: 0}"))
                .status());
        experiments.delete(name);
    }
}
