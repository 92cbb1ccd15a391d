package dev.rebind.operator.workload;

import org.jspecify.annotations.Nullable;

/** Receives what a pod's new container waits for. Safe for several threads. */
@FunctionalInterface
public interface StartObserver {
    /** Ignores the calls. */
    StartObserver NOBODY = (_, _) -> {};

    /**
     * A delay begins, changes or is over.
     *
     * @param pod the same for all of one delay: the one that is to be replaced
     * @param delay null when it is over
     */
    void delayed(TargetPod pod, @Nullable StartDelay delay);
}
