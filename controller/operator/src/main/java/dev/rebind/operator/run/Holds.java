package dev.rebind.operator.run;

import dev.rebind.operator.workload.TargetPod;
import org.jspecify.annotations.Nullable;

/** Which workloads that have no agent to hold them are held, and by which experiment. */
interface Holds {
    /** Null: it is this experiment's now; else whose it is. */
    @Nullable
    String take(TargetPod target);

    void release();
}
