package dev.rebind.operator.workload;

import org.jspecify.annotations.Nullable;

/** Observes what a pod's new container waits for. Safe for several threads. */
@FunctionalInterface
public interface StartObserver {
    /** Ignores the calls. */
    StartObserver NOBODY = (_, _) -> {};

    /**
     * A delay begins, changes or ends.
     *
     * @param pod the pod that the restart replaces; it stays the same while a delay lasts
     * @param delay the delay; null when it ends
     */
    void delayed(TargetPod pod, @Nullable StartDelay delay);
}
