package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.agent.Agent;
import dev.rebind.experiment.Specs;
import dev.rebind.operator.run.MultiPodRunner.After;
import dev.rebind.operator.workload.StartObserver;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import dev.rebind.record.CycleRecord;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultiPodRunnerTest {
    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "2,2", "3,2", "5,2", "5,100"})
    @DisplayName(
            "Whenever a run is broken off, then what was done and what is left are all cycles, each once, round by round")
    void rounds(int pods, int concurrency) {
        var order = new ArrayList<Integer>();
        CountedCycles counted = CountedCycles.NONE;
        while (counted.through() < 3 * pods) {
            List<Integer> together = MultiPodRunner.together(counted, pods, concurrency);
            assertThat(together).hasSizeBetween(1, Math.min(concurrency, pods));
            assertThat(together).extracting(number -> (number - 1) / pods).containsOnly(counted.through() / pods);
            order.addAll(together);
            for (int number : together) {
                counted = counted.with(number);
            }
        }
        assertThat(order)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 3 * pods).boxed().toList());
    }

    @Test
    @DisplayName("When a cycle of a round is left, then it is run before the next round, and none of the others again")
    void left() {
        assertThat(MultiPodRunner.together(new CountedCycles(0, Set.of(2, 3)), 5, 3))
                .containsExactly(1, 4, 5);
        assertThat(MultiPodRunner.together(new CountedCycles(5, Set.of(7)), 3, 3))
                .containsExactly(6);
        assertThat(MultiPodRunner.together(new CountedCycles(7, Set.of(9)), 3, 3))
                .containsExactly(8);
    }

    private final FakeTarget first = new FakeTarget("server-0");
    private final FakeTarget second = new FakeTarget("server-1");
    private final FakeDelayedAction alarm = new FakeDelayedAction();

    private static Plan.Cycles plan(int cycles) {
        return (Plan.Cycles) Planner.plan(
                Specs.experiment("{restart: {mode: process}, cycles: " + cycles + ", clients: {connections: 0}}"));
    }

    private MultiPodRunner runner(int concurrency) throws InterruptedException {
        return new MultiPodRunner(
                List.of(first, second),
                plan(2),
                CountedCycles.NONE,
                0,
                new MultiPodRunner.Limits(concurrency, Duration.ofSeconds(5), alarm, StartObserver.NOBODY));
    }

    @Test
    @DisplayName("When the hold of one pod was lost in a round, then the records of the others are kept")
    void oneLost() throws Exception {
        try (var runner = runner(2)) {
            first.lost = "the agent is held by another";
            MultiPodRunner.Ran ran = runner.next((_, _) -> {});
            assertThat(ran.records()).extracting(CycleRecord::cycle).containsExactly(2);
            assertThat(ran.after()).isEqualTo(new After.Lost("the agent is held by another"));
        }
    }

    @Test
    @DisplayName(
            "When a pod is gone, then a cycle that could not be carried out is run again, and one that was is kept")
    void oneGone() throws Exception {
        first.starts = settings -> new Agent.Start.Broken(settings.generation(), "the agent cannot be reached");
        first.gone = "pod server-0 is gone";
        second.gone = "pod server-1 is gone";
        try (var runner = runner(2)) {
            MultiPodRunner.Ran ran = runner.next((_, _) -> {});
            assertThat(ran.records()).extracting(CycleRecord::cycle).containsExactly(2);
            assertThat(ran.after()).isEqualTo(new After.Lost("pod server-0 is gone"));
        }
    }

    @Test
    @DisplayName("When a cycle beside others breaks, then its cause is told as it is, and the others' records are kept")
    void cause() throws Exception {
        var broken = new KubernetesClientException("the API server said no");
        second.starts = _ -> {
            throw broken;
        };
        try (var runner = runner(2)) {
            MultiPodRunner.Ran ran = runner.next((_, _) -> {});
            assertThat(ran.records()).extracting(CycleRecord::cycle).containsExactly(1);
            assertThat(ran.after()).isEqualTo(new After.Broken(broken));
        }
    }

    @Test
    @DisplayName("When a pod has its server again, then the time that another pod still takes is not counted")
    void slowest() throws Exception {
        var release = new CountDownLatch(1);
        second.starts = settings -> {
            release.await();
            return FakeTarget.bound(settings);
        };
        try (var runner = runner(2);
                ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            var ran = thread.submit(() -> runner.next((_, _) -> {}));
            await().until(() -> first.started().size() == 2 && alarm.waiting() == 0);
            assertThat(alarm.begun()).isEqualTo(1);
            alarm.ringLate();
            release.countDown();
            assertThat(ran.get().after()).isInstanceOf(After.GoOn.class);
            assertThat(ran.get().records()).hasSize(2);
        }
    }

    @Test
    @DisplayName(
            "When several pods are without a server for too long, then their cycles end, and this thread is not interrupted")
    void overdue() throws Exception {
        for (FakeTarget pod : List.of(first, second)) {
            pod.starts = settings -> {
                if (settings.generation() > 1) {
                    new CountDownLatch(1).await();
                }
                return FakeTarget.bound(settings);
            };
        }
        try (var runner = runner(2);
                ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            var interrupted = thread.submit(() -> {
                MultiPodRunner.Ran ran = runner.next((_, _) -> {});
                assertThat(ran.records()).isEmpty();
                assertThat(ran.after()).isEqualTo(new After.Overdue());
                return Thread.currentThread().isInterrupted();
            });
            await().until(() -> alarm.waiting() == 2);
            alarm.ring();
            assertThat(interrupted.get()).isFalse();
        }
    }

    @Test
    @DisplayName("When the time of a server is over between two rounds, then the wait ends and no other round begins")
    void overdueBetween() throws Exception {
        try (var runner = runner(1)) {
            first.starts = settings -> settings.generation() == 1
                    ? FakeTarget.bound(settings)
                    : new Agent.Start.Broken(settings.generation(), "no memory is left");
            assertThat(runner.next((_, _) -> {}).records()).hasSize(1);
            assertThat(alarm.waiting()).isEqualTo(1);
            alarm.ring();
            runner.pause(Duration.ofDays(1));
            assertThat(runner.next((_, _) -> {})).isEqualTo(new MultiPodRunner.Ran(List.of(), new After.Overdue()));
            assertThat(second.started()).isEmpty();
        }
    }
}
