package dev.rebind.operator.workload;

import org.jspecify.annotations.Nullable;

/** Receives what a pod's new container waits for. Safe for several threads. */
@FunctionalInterface
public interface StartObserver {
    /** Ignores the calls. */
    StartObserver NOBODY = (_, _) -> {};

    /** @param delay null when the pod waits for nothing that is known any more */
    void delayed(TargetPod pod, @Nullable StartDelay delay);
}
