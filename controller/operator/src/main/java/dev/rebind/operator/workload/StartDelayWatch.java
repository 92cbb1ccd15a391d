package dev.rebind.operator.workload;

import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.workload.StartDelay.Also;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks Kubernetes while a new container is awaited what it waits for, tells it once, and finds out when it is waited for in
 * vain. For one thread.
 */
final class StartDelayWatch {
    private static final Duration BETWEEN = Duration.ofSeconds(2);
    /** The same reason in other words is told so seldom. */
    private static final Duration SAME_REASON = Duration.ofSeconds(30);

    private final StartSigns signs;
    private final Mode mode;
    private final LongSupplier nanos;
    private volatile StartObserver observer = StartObserver.NOBODY;
    private @Nullable StartDelay delay;
    /** Since when that is the reason. */
    private long since;

    private long told;
    /** The target when the delay began; another pod may be in its place by now. */
    private @Nullable TargetPod toldOf;

    private boolean ending;
    private volatile boolean backOff;
    private @Nullable Long asked;

    StartDelayWatch(StartSigns signs, Mode mode) {
        this(signs, mode, signs::answeringNanos);
    }

    StartDelayWatch(StartSigns signs, Mode mode, LongSupplier nanos) {
        this.signs = signs;
        this.mode = mode;
        this.nanos = nanos;
    }

    void tell(StartObserver whom) {
        observer = whom;
    }

    /**
     * Asks, unless it was asked a moment ago.
     *
     * @param replaced uids of the pods that are to be replaced; empty if the new container comes in the target's pod
     * @return why waiting longer is in vain; null if that is not known
     */
    @Nullable
    String inVain(TargetPod target, Set<String> replaced, Also also) {
        long now = nanos.getAsLong();
        if (asked == null || now - asked >= BETWEEN.toNanos()) {
            asked = now;
            ending = isEnding(target, replaced);
            saw(target, ask(target, replaced, also), now);
        }
        if (ending) {
            since = now;
        }
        Duration patience = delay == null ? null : delay.patience();
        return ending || patience == null || now - since < patience.toNanos()
                ? null
                : delay + (patience.isZero() ? "" : ", for " + patience.toSeconds() + " s");
    }

    /** Whether the old pod still ends. As long as it does, it may be what the new one waits for: it counts for a quota. */
    private boolean isEnding(TargetPod target, Set<String> replaced) {
        Pod old = replaced.contains(target.podUid()) ? signs.pod(target) : null;
        return old != null && old.getMetadata().getDeletionTimestamp() != null;
    }

    private @Nullable StartDelay ask(TargetPod target, Set<String> replaced, Also also) {
        if (replaced.isEmpty()) {
            Pod pod = signs.pod(target);
            return pod == null ? null : asked(target, List.of(pod), List.of(), also);
        }
        // Where the template stays, an earlier rollout of it may have failed.
        List<DeploymentCondition> rollout = signs.rollout(target).stream()
                .filter(one -> mode == Mode.rollout || !"Progressing".equals(one.getType()))
                .toList();
        return asked(target, signs.newPods(target, replaced), rollout, also);
    }

    private @Nullable StartDelay asked(TargetPod target, List<Pod> pods, List<DeploymentCondition> rollout, Also also) {
        if (pods.stream().anyMatch(pod -> StartDelay.isBackOff(pod, target.container()))) {
            backOff = true;
        }
        return StartDelay.of(target.workload().toString(), pods, rollout, target.container(), also);
    }

    private void saw(TargetPod target, @Nullable StartDelay now, long nanos) {
        StartDelay before = delay;
        if (Objects.equals(now, before)) {
            return;
        }
        boolean other = before == null || now == null || !before.reason().equals(now.reason());
        if (!other && nanos - told < SAME_REASON.toNanos()) {
            return;
        }
        since = other ? nanos : since;
        told = nanos;
        delay = now;
        TargetPod of = toldOf == null ? target : toldOf;
        toldOf = now == null ? null : of;
        observer.delayed(of, now);
    }

    /** A new container is ordered. */
    void ordered() {
        backOff = false;
    }

    /** Whether the kubelet was seen to hold the container back since then. For several threads. */
    boolean backOff() {
        return backOff;
    }

    /** What is known to be waited for, to end a sentence with; empty if nothing is. */
    String suffix() {
        return delay == null ? "" : " (" + delay + ")";
    }

    /** The wait is over, whatever came of it. */
    void over(TargetPod target) {
        asked = null;
        saw(target, null, nanos.getAsLong());
    }
}
