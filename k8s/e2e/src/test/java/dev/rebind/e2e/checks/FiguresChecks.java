package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Records.perMinute;
import static dev.rebind.e2e.checks.Specs.experiment;
import static dev.rebind.e2e.cluster.Tool.kubectl;
import static dev.rebind.e2e.junit.Claims.bound;

import dev.rebind.e2e.cluster.ApiWrites;
import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.ControllerMemory;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.NodePort;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Spec;
import dev.rebind.e2e.cluster.Tool;
import dev.rebind.e2e.junit.Below;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.record.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Figures of the controller. */
@Below("figures")
final class FiguresChecks {
    private static final int CYCLES = 50;
    private static final int MANY = 200;

    @RegisterExtension
    static final Lane LANE = Lane.named("figures").onHost(NodePort.FIGURES, NodePort.FIGURES_AGENT);

    @Check("cycles")
    void cycles(Experiments experiments, Claims claims) {
        Instant before = experiments.start("idle-1", experiment(Mode.process, true, 1));
        ExperimentStatus idle = experiments.over("idle-1");
        claims.completed(idle);
        double first = Records.seconds(
                Duration.between(before, Records.stopped(idle.records().getFirst())));
        claims.figure("seconds from apply to the first cycle", "%.1f".formatted(first));
        ApiWrites old = ApiWrites.soFar();
        experiments.start("writes", experiment(Mode.process, true, CYCLES));
        ExperimentStatus status = experiments.over("writes");
        ApiWrites spent = ApiWrites.soFar().since(old);
        claims.completed(status);
        claims.counted(status, bound(CYCLES));
        double each = spent.ofExperiments() / CYCLES;
        claims.figure(
                "API writes a cycle (experiments and events, of the whole cluster)",
                "%.2f (%.0f and %.0f in %d cycles)"
                        .formatted(each, spent.of("rebindexperiments"), spent.of("events"), CYCLES));
        claims.assertThat(each).as("API writes a cycle").isBetween(0.5, 3.0);
        double rate = perMinute(experiments.records("writes"));
        claims.figure(
                "process cycles a minute, nothing beside (%d cycles, 5 clients)".formatted(CYCLES),
                "%.0f".formatted(rate));
        experiments.delete("idle-1", "writes");
        claims.seen("first cycle after %.1f s, %.2f writes a cycle, %.0f cycles a minute".formatted(first, each, rate));
    }

    @Check("memory")
    void memoryOfMany(Release release, Experiments experiments, Claims claims) {
        OptionalDouble small = ControllerMemory.mebibytes(release);
        Assumptions.assumeTrue(small.isPresent(), "the kubelet's stats/summary does not have the container's memory");
        int restarts = Pods.restarts(release.pod("controller"));
        Spec spec = experiment(Mode.listener, true, 1).with("suspend: true");
        String documents = IntStream.range(0, MANY)
                .mapToObj(number -> Experiments.document("many-" + number, spec))
                .collect(Collectors.joining("\n---\n"));
        Tool.Ended applied =
                Tool.tryKubectlGiven(documents, "-n", release.namespace(), "apply", "--server-side", "-f", "-");
        if (applied.failed()) {
            throw new BrokenException("kubectl apply of " + MANY + " experiments: " + applied.err());
        }
        Await.reached("all are paused", 400, () -> paused(experiments) == MANY);
        claims.assertThat(paused(experiments)).as("experiments that are paused").isEqualTo(MANY);
        // The kubelet looks every ten seconds or some.
        Await.pass(Duration.ofSeconds(25));
        double large = ControllerMemory.mebibytes(release).orElseThrow();
        claims.figure("controller's memory with 1 experiment, MiB", "%.0f".formatted(small.getAsDouble()));
        claims.figure("controller's memory with %d paused experiments, MiB".formatted(MANY), "%.0f".formatted(large));
        claims.assertThat(large).as("MiB").isBetween(10.0, 256.0);
        claims.noRestart(release, restarts);
        Instant began = Instant.now();
        kubectl("-n", release.namespace(), "delete", "rbx", "--all", "--timeout=300s");
        claims.seen("%.0f MiB with none, %.0f MiB with %d; all deleted within %.0f s"
                .formatted(small.getAsDouble(), large, MANY, Records.seconds(Duration.between(began, Instant.now()))));
    }

    private static long paused(Experiments experiments) {
        return experiments.all().stream()
                .filter(experiment -> StatusJson.of(experiment).phase() == Phase.Paused)
                .count();
    }
}
