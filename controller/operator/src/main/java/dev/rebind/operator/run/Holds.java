package dev.rebind.operator.run;

import dev.rebind.operator.workload.TargetPod;
import org.jspecify.annotations.Nullable;

/** Holds workloads that have no agent to do it, for one experiment each. */
interface Holds {
    /** Holds the workload for this experiment. Null if that succeeded; else the experiment that holds it. */
    @Nullable
    String take(TargetPod target);

    void release();
}
