package dev.rebind.operator.run;

import dev.rebind.operator.workload.TargetPod;

/** Publishes what happens in a run, for people to read. */
interface EventPublisher {
    void normal(String reason, String message);

    void warning(String reason, String message);

    /** Sets the target. From now on, each event is also written about its workload. */
    void about(TargetPod target);
}
