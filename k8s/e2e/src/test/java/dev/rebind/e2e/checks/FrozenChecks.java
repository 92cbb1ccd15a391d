package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.slow;
import static dev.rebind.e2e.cluster.Experiments.cycles;
import static dev.rebind.e2e.junit.Claims.bound;
import static dev.rebind.e2e.junit.Claims.upTo;

import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Settings;
import dev.rebind.e2e.cluster.Tool;
import dev.rebind.e2e.cluster.Watched;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.e2e.junit.Need;
import dev.rebind.e2e.junit.Needs;
import dev.rebind.operator.resource.ExperimentStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The API server stands still for a while. */
final class FrozenChecks {
    private static final int CYCLES = 80;

    @RegisterExtension
    static final Lane LANE = Lane.named("frozen");

    @Check("faults/api-server-frozen")
    @Needs(Need.FROZEN_API_SERVER)
    void frozen(Release release, Experiments experiments, Claims claims) {
        Settings settings = release.settings();
        experiments.start("frozen", slow(CYCLES));
        experiments.awaitCycles("frozen", 5);
        Instant began = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        boolean silent;
        try (var _ = Freeze.of(settings.freeze(), settings.thaw(), Map.of())) {
            silent = Tool.tryKubectl("get", "--raw", "/livez", "--request-timeout=3s")
                    .failed();
            Await.pass(Duration.ofSeconds(settings.frozenSeconds()));
        }
        Await.until(
                "the API server answers",
                120,
                () -> !Tool.tryKubectl("get", "--raw", "/livez", "--request-timeout=10s")
                        .failed());
        claims.assertThat(silent).as("the API server was silent").isTrue();
        var watched = new Watched();
        ExperimentStatus status = experiments.over("frozen", watched::see);
        claims.completed(status);
        claims.counted(status, bound(CYCLES));
        claims.assertThat(watched.twice()).as("cycles that were counted twice").isEmpty();
        claims.lastRecords(status, CYCLES);
        claims.assertThat(cycles(experiments.records("frozen")))
                .as("cycles in the records API")
                .isEqualTo(upTo(CYCLES));
        claims.restored(release, status);
        claims.seen("frozen at %s for %d s: %d cycles, none lost, none twice; the controller restarted %d times"
                .formatted(began, settings.frozenSeconds(), CYCLES, Pods.restarts(release.pod("controller"))));
    }
}
