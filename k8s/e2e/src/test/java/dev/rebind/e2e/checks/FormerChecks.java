package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.slow;
import static dev.rebind.e2e.cluster.Cluster.client;
import static dev.rebind.e2e.cluster.Experiments.message;
import static dev.rebind.e2e.cluster.Experiments.reason;
import static dev.rebind.e2e.cluster.Tool.helm;
import static dev.rebind.e2e.cluster.Tool.kubectl;
import static dev.rebind.e2e.junit.Claims.bound;
import static dev.rebind.e2e.junit.Claims.numbers;

import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Repository;
import dev.rebind.e2e.cluster.Watched;
import dev.rebind.e2e.junit.Below;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Full;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.e2e.junit.Need;
import dev.rebind.e2e.junit.Needs;
import dev.rebind.operator.resource.ExperimentStatus;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An upgrade from an earlier version, under running experiments. */
@Full
@Needs(Need.FORMER_VERSION)
@Below("former")
final class FormerChecks {
    private static final String STAYS = "stays";
    private static final int CYCLES = 120;

    @RegisterExtension
    static final Lane LANE = Lane.named("former").notInstalled();

    /**
     * One experiment's target is upgraded with the release. Another's is a copy of the server that no upgrade replaces: its
     * agent is understood, or its experiment waits and spends no cycle.
     */
    @Check("upgraded")
    void upgraded(Release release, Experiments experiments, Claims claims) {
        definition(Path.of(release.settings().formerChart()));
        release.makeNamespaces();
        helm("install", release.formerFlags());
        release.ready();
        copy(release);
        var upgraded = new Watched();
        var stayed = new Watched();
        experiments.start("goes", slow(CYCLES));
        experiments.start(
                STAYS,
                slow(CYCLES)
                        .with("clients: {connections: 0}")
                        .with("target: {workloadRef: {kind: Deployment, name: %s}}".formatted(STAYS)));
        experiments.awaitCycles("goes", 5);
        experiments.awaitCycles(STAYS, 5);
        String former = release.leader();

        definition(Repository.CHART);
        helm("upgrade", release.flags(Map.of()));
        release.ready();

        ExperimentStatus status = experiments.over("goes", upgraded::see);
        claims.completed(status);
        claims.counted(status, bound(CYCLES));
        whole(upgraded, claims);
        claims.assertThat(status.controller()).as("controller").isNotEqualTo(former);
        ExperimentStatus before =
                experiments.await(STAYS, "is over, or waits for an agent that it understands", seen -> {
                    stayed.see(seen);
                    return seen.phase().isOver() || "TargetNotReady".equals(reason(seen, "Accepted"));
                });
        claims.assertThat(before.cycles().error())
                .as("cycles with an agent that is not understood")
                .isZero();
        String waited = before.phase().isOver() ? "the former agent was understood" : message(before, "Accepted");
        kubectl(
                "-n",
                release.namespace(),
                "set",
                "image",
                "deployment/" + STAYS,
                "*=" + release.settings().image());
        ExperimentStatus last = experiments.over(STAYS, stayed::see);
        claims.completed(last);
        claims.assertThat(last.cycles().done()).as("cycles of the other").isEqualTo(CYCLES);
        claims.assertThat(last.cycles().failed())
                .as("failed binds of the other")
                .isZero();
        whole(stayed, claims);
        claims.restored(release, status);
        experiments.delete("goes", STAYS);
        claims.seen("%d cycles, none lost, none twice; %s".formatted(CYCLES, waited));
    }

    private static void whole(Watched watched, Claims claims) {
        claims.assertThat(watched.twice()).as("cycles that were counted twice").isEmpty();
        claims.assertThat(watched.records().tailMap(CYCLES - 19).keySet())
                .as("the last 20 cycles")
                .containsExactlyElementsOf(numbers(CYCLES - 19, CYCLES));
    }

    private static void definition(Path chart) {
        kubectl(
                "apply",
                "--server-side",
                "--force-conflicts",
                "-f",
                chart.resolve("files/crds").toString());
        kubectl("wait", "--for=condition=Established", "crd/" + Cluster.CRD, "--timeout=300s");
    }

    /** The release's server once more, with an agent of its own. */
    private static void copy(Release release) {
        var server = client().apps()
                .deployments()
                .inNamespace(release.namespace())
                .withName(Release.NAME + "-server")
                .require();
        Cluster.apply(release.namespace(), ServerCopy.of(server, STAYS));
        release.rolledOut("deployment/" + STAYS);
    }
}
