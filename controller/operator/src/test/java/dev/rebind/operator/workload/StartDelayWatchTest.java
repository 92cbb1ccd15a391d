package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.workload.StartDelay.Also;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StartDelayWatchTest {
    private static final TargetPod TARGET = WebPod.target("web-0", "node-1", null);

    private final AtomicLong clock = new AtomicLong();
    private final List<String> told = new ArrayList<>();
    private List<Pod> pods = List.of();
    private @Nullable Pod old;
    private List<DeploymentCondition> conditions = List.of();

    private StartDelayWatch watch(Mode mode) {
        var watch = new StartDelayWatch(new Signs(), mode, clock::get);
        watch.tell((_, delay) -> told.add(delay == null ? "over" : delay.reason()));
        return watch;
    }

    private final class Signs implements StartSigns {
        @Override
        public @Nullable Pod pod(TargetPod target) {
            return old;
        }

        @Override
        public List<Pod> newPods(TargetPod target, Set<String> known) {
            return pods;
        }

        @Override
        public List<DeploymentCondition> rollout(TargetPod target) {
            return conditions;
        }
    }

    private @Nullable String after(Duration time, StartDelayWatch watch) {
        clock.addAndGet(time.toNanos());
        return watch.inVain(TARGET, Set.of("uid-web-0"), Also.nothing);
    }

    @Test
    @DisplayName("When the same is waited for again and again, then it is told once, and once that it is over")
    void once() {
        StartDelayWatch watch = watch(Mode.rollout);
        pods = List.of(StartDelayTest.unschedulable("web-1"));
        for (int i = 0; i < 100; i++) {
            assertThat(after(Duration.ofSeconds(3), watch)).isNull();
        }
        assertThat(watch.suffix()).startsWith(" (Unschedulable: pod web-1");
        watch.over(TARGET);
        watch.over(TARGET);
        assertThat(told).containsExactly("Unschedulable", "over");
        assertThat(watch.suffix()).isEmpty();
    }

    @Test
    @DisplayName("When the kubelet holds a new container back, then that is known until the next one is ordered")
    void backOff() {
        StartDelayWatch watch = watch(Mode.pod);
        watch.ordered();
        pods = List.of(StartDelayTest.waiting("web", "CrashLoopBackOff", "back-off 20s"));
        after(Duration.ofSeconds(3), watch);
        pods = List.of();
        after(Duration.ofSeconds(3), watch);
        assertThat(watch.backOff()).isTrue();

        watch.ordered();
        pods = List.of(StartDelayTest.waiting("sidecar", "CrashLoopBackOff", "not its own"));
        after(Duration.ofSeconds(3), watch);
        assertThat(watch.backOff()).isFalse();
    }

    @Test
    @DisplayName(
            "When a quota refuses the pod for a minute, then it is waited for in vain; for a moment only, then not")
    void quota() {
        StartDelayWatch watch = watch(Mode.pod);
        conditions = List.of(StartDelayTest.condition("ReplicaFailure", "True", "FailedCreate"));
        assertThat(after(Duration.ZERO, watch)).isNull();
        assertThat(after(Duration.ofSeconds(59), watch)).isNull();
        conditions = List.of();
        assertThat(after(Duration.ofSeconds(3), watch)).isNull();
        conditions = List.of(StartDelayTest.condition("ReplicaFailure", "True", "FailedCreate"));
        assertThat(after(Duration.ofSeconds(3), watch)).isNull();
        assertThat(after(Duration.ofSeconds(60), watch))
                .startsWith("FailedCreate: ")
                .endsWith(", for 60 s");
        assertThat(told).containsExactly("FailedCreate", "over", "FailedCreate");
    }

    @Test
    @DisplayName("When the old pod still ends, then the quota that refuses the new one may be free after that")
    void ending() {
        StartDelayWatch watch = watch(Mode.pod);
        Pod ends = WebPod.running("web-0", "containerd://1");
        ends.getMetadata().setDeletionTimestamp("2026-01-01T12:01:00Z");
        old = ends;
        conditions = List.of(StartDelayTest.condition("ReplicaFailure", "True", "FailedCreate"));
        for (int i = 0; i < 5; i++) {
            assertThat(after(Duration.ofSeconds(50), watch)).isNull();
        }
        assertThat(told).containsExactly("FailedCreate");
        old = null;
        assertThat(after(Duration.ofSeconds(50), watch)).isNull();
        assertThat(after(Duration.ofSeconds(50), watch)).isNotNull();
    }

    @Test
    @DisplayName("When an earlier rollout has failed and only the pod is replaced, then that rollout decides nothing")
    void earlierRollout() {
        conditions = List.of(StartDelayTest.condition("Progressing", "False", "ProgressDeadlineExceeded"));
        assertThat(after(Duration.ZERO, watch(Mode.pod))).isNull();
        assertThat(after(Duration.ZERO, watch(Mode.rollout))).isNotNull();
    }
}
