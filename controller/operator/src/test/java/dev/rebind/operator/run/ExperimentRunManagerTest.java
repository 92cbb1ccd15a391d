package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.engine.metrics.ExperimentMeters;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.Source;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.Specs;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.run.StatusStore.Loss;
import dev.rebind.operator.run.StatusStore.LostException;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import dev.rebind.record.Phase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentRunManagerTest {
    private static final String UID = "uid-1";

    @TempDir
    Path folder;

    private final AtomicLong nanos = new AtomicLong();
    private final List<RunControl> begun = new CopyOnWriteArrayList<>();
    /** What comes of a run, once it may end. */
    private volatile Outcome outcome = () -> Phase.Completed;

    private volatile CountDownLatch mayEnd = new CountDownLatch(0);
    private ExperimentRunManager runs;

    @FunctionalInterface
    private interface Outcome {
        Phase of() throws InterruptedException, LostException;
    }

    @BeforeEach
    void begin() {
        runs = manager(Duration.ofMinutes(1));
    }

    private ExperimentRunManager manager(Duration ending) {
        return new ExperimentRunManager(
                (_, _, _, _, orders) -> {
                    begun.add(orders);
                    mayEnd.await();
                    return outcome.of();
                },
                new FakeToggleJournal(),
                new ToggleRecovery.Maps() {
                    @Override
                    public @Nullable String uid(String namespace, String configMap) {
                        return null;
                    }

                    @Override
                    public void set(String namespace, String configMap, String key, @Nullable String value) {
                        throw new AssertionError("no toggle was changed");
                    }
                },
                new FakeExperimentApi(RunFixture.KEY, "{}"),
                new ExperimentMetricsUpdater(
                        new ExperimentMeters(new SimpleMeterRegistry(), 10), new RecordStore(folder)),
                "me",
                new ExperimentRunManager.Clock(nanos::get, ending));
    }

    @AfterEach
    void end() {
        mayEnd.countDown();
        runs.close();
    }

    private static RebindExperiment resource() {
        return new FakeExperimentApi(RunFixture.KEY, "{}").resource();
    }

    private void ensure(String spec) {
        Experiment experiment = Specs.experiment(spec);
        runs.ensure(resource(), new Sourced(experiment, new Source("one", spec, Map.of(), List.of())), (Plan.Cycles)
                Planner.plan(experiment));
    }

    private void awaitNone() {
        await().until(() -> !runs.isRunning(UID));
    }

    @Test
    @DisplayName("When an experiment is seen again while it runs, then there is one run, which gets the new orders")
    void once() {
        mayEnd = new CountDownLatch(1);
        ensure("{cycles: 1}");
        ensure("{cycles: 1, suspend: true}");
        ensure("{cycles: 1, terminate: true}");
        await().until(() -> begun.size() == 1);
        assertThat(runs.isRunning(UID)).isTrue();
        assertThat(begun.getFirst().suspended()).isFalse();
        assertThat(begun.getFirst().terminated()).isTrue();
        mayEnd.countDown();
        awaitNone();
        assertThat(begun).hasSize(1);
    }

    @Test
    @DisplayName("When an experiment is over and an older state of it is seen, then it is not run again")
    void over() {
        ensure("{cycles: 1}");
        awaitNone();
        ensure("{cycles: 1}");
        assertThat(runs.isRunning(UID)).isFalse();
        assertThat(begun).hasSize(1);
    }

    @Test
    @DisplayName("When a run ended and the experiment is not over, then it is run again at once")
    void notOver() {
        outcome = () -> {
            throw new LostException("another works on it", Loss.claimed);
        };
        ensure("{cycles: 1}");
        awaitNone();
        ensure("{cycles: 1}");
        awaitNone();
        assertThat(begun).hasSize(2);
    }

    @Test
    @DisplayName("When the API server refuses the work on an experiment, then it is tried again after five minutes")
    void refused() {
        outcome = () -> {
            throw new LostException("forbidden", Loss.refused);
        };
        ensure("{cycles: 1}");
        awaitNone();
        nanos.addAndGet(Duration.ofMinutes(5).toNanos() - 1);
        ensure("{cycles: 1}");
        assertThat(runs.isRunning(UID)).isFalse();
        assertThat(begun).hasSize(1);
        nanos.incrementAndGet();
        ensure("{cycles: 1}");
        awaitNone();
        assertThat(begun).hasSize(2);
    }

    @Test
    @DisplayName("When a refused experiment was deleted, then nothing is remembered of it")
    void refusedAndGone() {
        outcome = () -> {
            throw new LostException("forbidden", Loss.refused);
        };
        ensure("{cycles: 1}");
        awaitNone();
        runs.gone(resource());
        ensure("{cycles: 1}");
        awaitNone();
        assertThat(begun).hasSize(2);
    }

    @Test
    @DisplayName("When an experiment is deleted, then its run is told to end, and nobody waits for it")
    void gone() {
        mayEnd = new CountDownLatch(1);
        ensure("{cycles: 1}");
        await().until(() -> begun.size() == 1);
        runs.gone(resource());
        awaitNone();
        assertThat(mayEnd.getCount()).as("it was interrupted").isOne();
    }

    @Test
    @DisplayName("When all are to end, then each run is told so and waited for, and no other begins")
    void endAll() {
        mayEnd = new CountDownLatch(1);
        ensure("{cycles: 1}");
        await().until(() -> begun.size() == 1);
        runs.endAll();
        assertThat(runs.isRunning(UID)).isFalse();
        ensure("{cycles: 1}");
        assertThat(begun).hasSize(1);
    }

    @Test
    @DisplayName("When a run does not end in time, then the others do not wait for it longer than that")
    void endsLate() {
        runs = manager(Duration.ofMillis(1));
        var given = new CountDownLatch(1);
        outcome = () -> {
            boolean interrupted = false;
            while (given.getCount() > 0) {
                try {
                    given.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            assertThat(interrupted).isTrue();
            return Phase.Running;
        };
        ensure("{cycles: 1}");
        await().until(() -> begun.size() == 1);
        runs.endAll();
        assertThat(runs.isRunning(UID)).as("it still gives its target back").isTrue();
        given.countDown();
        awaitNone();
    }
}
