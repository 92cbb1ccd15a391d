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
 * Asks Kubernetes what a new container waits for, reports each delay once, and finds out when waiting longer is in
 * vain. Only one thread may use it.
 */
final class StartDelayWatch {
    private static final Duration BETWEEN = Duration.ofSeconds(2);
    /** If only the message changes and the reason stays, the next report comes after this time at the earliest. */
    private static final Duration SAME_REASON = Duration.ofSeconds(30);

    private final StartSigns signs;
    private final Mode mode;
    private final LongSupplier nanos;
    private volatile StartObserver observer = StartObserver.NOBODY;
    private @Nullable StartDelay delay;
    /** Since when {@link #delay} has its present reason, or since when the old pod is gone, if that is later. */
    private long since;

    private long told;
    /** The target when the delay began. Another pod may have replaced it by now. */
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
     * Finds out whether waiting longer is in vain. Asks Kubernetes at most every two seconds.
     *
     * @param replaced uids of the pods that the restart replaces; empty if the new container comes in the target's pod
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

    /**
     * Whether the old pod is still ending. As long as it is, the new pod may wait for it, because the old pod still
     * counts for a quota.
     */
    private boolean isEnding(TargetPod target, Set<String> replaced) {
        Pod old = replaced.contains(target.podUid()) ? signs.pod(target) : null;
        return old != null && old.getMetadata().getDeletionTimestamp() != null;
    }

    private @Nullable StartDelay ask(TargetPod target, Set<String> replaced, Also also) {
        if (replaced.isEmpty()) {
            Pod pod = signs.pod(target);
            return pod == null ? null : asked(target, List.of(pod), List.of(), also);
        }
        // In other modes the template stays, and the condition Progressing may be about an earlier rollout that failed.
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

    /** Notes that a new container is ordered. */
    void ordered() {
        backOff = false;
    }

    /** Whether the kubelet has held the container back since the last order. Any thread may call it. */
    boolean backOff() {
        return backOff;
    }

    /** Returns the present delay in parentheses, to put at the end of a sentence; empty if there is none. */
    String suffix() {
        return delay == null ? "" : " (" + delay + ")";
    }

    /** Notes that the wait is over, whatever its result. */
    void over(TargetPod target) {
        asked = null;
        saw(target, null, nanos.getAsLong());
    }
}
