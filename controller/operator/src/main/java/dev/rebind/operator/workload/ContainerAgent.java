package dev.rebind.operator.workload;

import dev.rebind.agent.Agent;
import dev.rebind.record.bind.Reuse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An agent whose generations are containers that others start: a stop is the order to replace one. */
sealed interface ContainerAgent extends Agent permits ManagedPodAgent, UnmanagedWorkloadAgent {
    /** The pod as it is now. */
    TargetPod target();

    /** Whether the last restart gave the server another network namespace; null where that is not known. */
    @Nullable
    Boolean freshNamespace();

    /** From the order to end the old container until the new one was there, in ms; null before the first. */
    @Nullable
    Double startMillis();

    /** As {@link dev.rebind.engine.Backend#ephemeral}; false where that is not known. */
    boolean ephemeral(int port);

    /** Why the target is not held any more; null while it is, as far as is known. */
    @Nullable
    String lost();

    /** As {@link TargetSession#goneSince}. */
    @Nullable
    String goneSince(long nanos);

    /** What the next container is to have. */
    void prepare(boolean reuseAddress) throws InterruptedException;

    /** As {@link TargetSession#giveBack}. */
    Restoration giveBack(Duration atMost) throws InterruptedException;

    /** As {@link dev.rebind.engine.Backend#reuse}. */
    @Nullable
    Reuse reuse(Reuse planned);
}
