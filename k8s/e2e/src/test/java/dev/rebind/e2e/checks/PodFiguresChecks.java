package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Records.seconds;
import static dev.rebind.e2e.checks.Records.stopped;
import static dev.rebind.e2e.checks.Specs.experiment;
import static dev.rebind.e2e.cluster.Tool.kubectl;
import static dev.rebind.e2e.junit.Claims.bound;

import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Full;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.e2e.junit.Need;
import dev.rebind.e2e.junit.Needs;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.record.CycleRecord;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a cycle in mode pod costs beside a bare kubectl delete pod. With FULL=1 only: it measures, alone in the cluster, and other checks hold what it claims. */
@Full
final class PodFiguresChecks {
    private static final int EACH = 3;
    private static final int TURNS = 2;

    @RegisterExtension
    static final Lane LANE = Lane.named("figures-pod");

    /** In turn, so that both meet the same machine. */
    @Check("figures/pod")
    @Needs(Need.POD_MODE)
    void podsBesideTheBare(Release release, Experiments experiments, Claims claims) {
        List<Double> bare = new ArrayList<>();
        List<Double> restarts = new ArrayList<>();
        List<Double> periods = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
            for (int number = 0; number < EACH; number++) {
                bare.add(bareRestart(release));
            }
            release.ready();
            String name = "pods-" + turn;
            var over = experiments.run(name, experiment(Mode.pod, true, EACH + 1));
            claims.completed(over.status());
            claims.counted(over.status(), bound(EACH + 1));
            List<CycleRecord> records = over.records();
            records.forEach(record -> restarts.add(Objects.requireNonNull(Records.waited(record), "boundAt")));
            for (int number = 1; number < records.size(); number++) {
                periods.add(seconds(Duration.between(stopped(records.get(number - 1)), stopped(records.get(number)))));
            }
            experiments.delete(name);
        }
        double one = median(restarts);
        double whole = median(periods);
        double plain = median(bare);
        claims.figure(
                "seconds of a restart in mode pod, from the order until bound",
                "%.2f (median of %d)".formatted(one, restarts.size()));
        claims.figure(
                "seconds of a whole cycle in mode pod, with clients and looks",
                "%.2f (median of %d)".formatted(whole, periods.size()));
        claims.figure(
                "seconds of kubectl delete pod until another is Ready",
                "%.2f (median of %d)".formatted(plain, bare.size()));
        claims.figure(
                "mode pod against kubectl delete pod",
                "%.2f for the restart, %.2f for the cycle".formatted(one / plain, whole / plain));
        claims.seen("restart %.2f s, cycle %.2f s; kubectl delete pod until Ready %.2f s".formatted(one, whole, plain));
    }

    /** Seconds from the order to delete the server's pod until another one is Ready. */
    private static double bareRestart(Release release) {
        Pod old = release.pod("server");
        Instant began = Instant.now();
        kubectl("-n", release.namespace(), "delete", "pod", Pods.name(old), "--wait=false");
        Await.until(
                "another pod is ready",
                release.settings().patience(),
                Duration.ofMillis(100),
                () -> release.pods("server").stream()
                        .anyMatch(pod -> !Pods.uid(pod).equals(Pods.uid(old)) && Pods.isReady(pod)));
        return seconds(Duration.between(began, Instant.now()));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
