package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.slow;
import static dev.rebind.e2e.cluster.Experiments.cycles;
import static dev.rebind.e2e.junit.Claims.upTo;

import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.ContainerKill;
import dev.rebind.e2e.cluster.ControllerMemory;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Watched;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Failures;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.record.Verdict;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A long run in which the controller is killed at random. For one thread. */
@Command(
        name = "soak",
        description = {
            "Runs one experiment for so long, and kills the controller's process at random, every two minutes on average.",
            "Rebind is installed in the namespace RELEASE_NAMESPACE (default rebind). KILL_COMMAND as in the test.",
            "With a kubelet whose longest back-off is five minutes the controller is away for that long after some kills; ../shared/cluster takes MAX_RESTART_PERIOD=1s."
        })
public final class Soak implements Callable<Integer> {
    private static final Duration BETWEEN_KILLS = Duration.ofMinutes(2);
    private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(20);
    /** A controller that was killed near the end needs a while. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Parameters(paramLabel = "SECONDS", description = "How long the experiment runs.")
    private int seconds;

    private final Claims claims = new Claims();
    private final Watched watched = new Watched();
    private final List<Double> memory = new ArrayList<>();
    private int kills;

    @Override
    public Integer call() {
        String namespace = System.getenv().getOrDefault("RELEASE_NAMESPACE", "rebind");
        Release release = Release.installedIn(namespace);
        try {
            int counted = run(release, new Experiments(release));
            claims.assertAll();
            System.out.printf(
                    "ok: %d cycles in %d s over %d kills: none lost, none twice, nothing left, the target listens, memory flat%n",
                    counted, seconds, kills);
            return 0;
        } catch (AssertionError | BrokenException | KubernetesClientException e) {
            System.err.println("FAILED: " + Failures.text(e));
            return 1;
        }
    }

    private int run(Release release, Experiments experiments) {
        experiments.start("soak", slow(1).with("{cycles: null, duration: %ds}".formatted(seconds)));
        experiments.awaitCycles("soak", 2);
        ExperimentStatus status = watch(release, experiments);
        int counted = status.cycles().done();
        claims.completed(status, Verdict.Pass);
        claims.assertThat(status.cycles().failed())
                .as("cycles that did not bind")
                .isZero();
        claims.assertThat(watched.twice()).as("what was counted twice").isEmpty();
        Await.until("the controller answers", 300, release::isLed);
        claims.assertThat(cycles(experiments.records("soak")))
                .as("cycles in the records")
                .isEqualTo(upTo(counted));
        claims.restored(release, status);
        claims.assertThat(release.aboutAgent().hasNonNull("holder"))
                .as("the target has a holder")
                .isFalse();
        claims.assertThat(kills).as("kills").isPositive();
        memoryIsFlat();
        experiments.delete("soak");
        return counted;
    }

    /** Until the experiment is over. */
    private ExperimentStatus watch(Release release, Experiments experiments) {
        Instant deadline = Instant.now().plusSeconds(seconds).plus(PATIENCE);
        Instant nextKill = soon();
        Instant nextSample = Instant.now();
        while (true) {
            Instant now = Instant.now();
            try {
                ExperimentStatus status = experiments.status("soak");
                watched.see(status);
                if (status.phase().isOver()) {
                    return status;
                }
                if (now.isAfter(deadline)) {
                    throw new AssertionError("it is not over: " + status.phase() + ", " + status.cycles());
                }
                if (now.isAfter(nextSample) && release.isLed()) {
                    nextSample = now.plus(BETWEEN_SAMPLES);
                    ControllerMemory.mebibytes(release).ifPresent(memory::add);
                }
                if (now.isAfter(nextKill)) {
                    kill(release, status);
                    nextKill = soon();
                }
            } catch (BrokenException | KubernetesClientException e) {
                System.err.println("its status cannot be read: " + e.getMessage());
            }
            Await.pass(Duration.ofMillis(500));
        }
    }

    private static Instant soon() {
        long average = BETWEEN_KILLS.toMillis();
        return Instant.now().plusMillis(ThreadLocalRandom.current().nextLong(average / 2, average * 3 / 2));
    }

    private void kill(Release release, ExperimentStatus status) {
        String leader = release.leader();
        Optional<String> why = release.pods("controller").stream()
                .filter(pod -> Pods.name(pod).equals(leader))
                .findFirst()
                .map(pod -> ContainerKill.kill(release.settings(), pod))
                .orElse(Optional.of("nobody has the Lease"));
        if (why.isPresent()) {
            System.err.println("no kill now: " + why.get());
            return;
        }
        kills++;
        System.out.printf("kill %d after %d cycles%n", kills, status.cycles().done());
    }

    private void memoryIsFlat() {
        int quarter = memory.size() / 4;
        if (quarter < 3) {
            System.out.println("memory: too short a run to tell");
            return;
        }
        double middle = most(memory.subList(quarter, 2 * quarter));
        double end = most(memory.subList(memory.size() - quarter, memory.size()));
        System.out.printf(
                "memory of the controller: at most %.0f MiB in the second quarter, %.0f MiB in the last%n",
                middle, end);
        claims.assertThat(end).as("MiB in the last quarter").isBetween(1.0, middle * 1.1 + 32);
    }

    private static double most(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }
}
