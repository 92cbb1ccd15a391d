package dev.rebind.operator.run;

import dev.rebind.operator.workload.TargetPod;
import org.jspecify.annotations.Nullable;

/**
 * Holds workloads without an agent for one experiment. An agent keeps its own holder; this is for workloads that have
 * none.
 */
interface Holds {
    /**
     * Holds the workload for this experiment. Returns null on success, or the name of the experiment that holds the
     * workload.
     */
    @Nullable
    String take(TargetPod target);

    void release();
}
