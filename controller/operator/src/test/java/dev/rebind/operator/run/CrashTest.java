package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.workload.FakeDeployment;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * ADR 11, in each restart mode: a controller dies at any moment of a cycle, and another goes on. The moments are before and
 * after each order to Kubernetes, at each look for what comes of it, after each thing that the agent in the pod has done, and
 * before and after each write of the status.
 */
class CrashTest {
    /** Most of the time of a run is waiting. */
    private static final Semaphore AT_ONCE = new Semaphore(32);

    @TempDir
    Path folder;

    /** What one death at a moment left in the end. */
    private record Left(int moment, boolean died, int lived, List<String> orders) {}

    private Left live(boolean managed, int pods, int cycles, Mode mode, int moment) throws Exception {
        int all = cycles * pods;
        try (var deployment = new FakeDeployment(managed, pods)) {
            var run = new RunFixture(
                    folder.resolve(mode + "-" + managed + "-" + pods + "-" + moment),
                    deployment,
                    mode,
                    "cycles: " + cycles + (pods == 1 ? "" : ", selection: {mode: all}"));
            var mortality = new Mortality(moment);
            try {
                run.run("one", mortality);
            } catch (Mortality.Death e) {
                assertThat(mortality.dead()).isTrue();
            }
            if (mortality.dead()) {
                run.run("another");
            }
            String when = mode + ", moment " + moment + ", orders " + deployment.orders;
            assertThat(run.status().phase()).as(when).isEqualTo(Phase.Completed);
            assertThat(run.status().verdict()).as(when).isEqualTo(Verdict.Pass);
            assertThat(run.status().cycles().done()).as(when).isEqualTo(all);
            assertThat(run.records.uncounted(RunFixture.KEY, CountedCycles.NONE))
                    .as(when)
                    .allSatisfy(record -> assertThat(record.verdict()).isEqualTo(Verdict.Pass))
                    .extracting(CycleRecord::cycle)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.rangeClosed(1, all).boxed().toList());
            assertThat(deployment.isAlone()).as("given back, " + when).isTrue();
            return new Left(moment, mortality.dead(), mortality.passed(), List.copyOf(deployment.orders));
        }
    }

    private void each(boolean managed, int pods, int cycles, Mode mode) throws Exception {
        Left immortal = live(managed, pods, cycles, mode, Integer.MAX_VALUE);
        assertThat(immortal.died()).isFalse();
        assertThat(immortal.lived())
                .as("the status before and after each write, and the steps of each cycle")
                .isGreaterThan(2 * (4 + cycles * pods) + cycles * pods);
        ThreadFactory threads = Thread.ofVirtual().name("moment-", 0).factory();
        var deaths = new ArrayList<Future<Left>>();
        try (ExecutorService controllers = Executors.newThreadPerTaskExecutor(threads)) {
            for (int i = 0; i < immortal.lived(); i++) {
                int moment = i;
                deaths.add(controllers.submit(() -> {
                    AT_ONCE.acquire();
                    try {
                        return live(managed, pods, cycles, mode, moment);
                    } finally {
                        AT_ONCE.release();
                    }
                }));
            }
        }
        for (Future<Left> death : deaths) {
            Left left = death.get();
            assertThat(left.orders())
                    .as(
                            "moment %d: no more is restarted than each cycle once, and the one that was begun again",
                            left.moment())
                    .hasSizeLessThanOrEqualTo(immortal.orders().size() + pods);
        }
        assertThat(deaths.stream().filter(death -> death.resultNow().died()).count())
                .isGreaterThan(immortal.lived() / 2);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @DisplayName(
            "When a controller dies at any moment of a cycle, then another goes on: no cycle is lost, none counts twice, none is decided by the death")
    void managed(Mode mode) throws Exception {
        each(true, 1, 2, mode);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"container", "pod", "rollout"})
    @DisplayName(
            "When a workload without an agent is restarted and the controller dies at any moment, then another goes on")
    void unmanaged(Mode mode) throws Exception {
        each(false, 1, 1, mode);
    }

    @Test
    @DisplayName("When one of several pods is replaced as the controller dies, then another waits until all are there")
    void severalPods() throws Exception {
        each(true, 2, 1, Mode.pod);
    }
}
