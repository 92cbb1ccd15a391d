package dev.rebind.operator.run;

import dev.rebind.operator.workload.TargetPod;

/** Tells people what happened. */
interface EventPublisher {
    void normal(String reason, String message);

    void warning(String reason, String message);

    /** From now on events are written on the target too. */
    void about(TargetPod target);
}
