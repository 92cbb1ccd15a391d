package dev.rebind.operator.workload;

import dev.rebind.agent.Agent;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.engine.InferredResidue;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.bind.Reuse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An agent whose generations are containers that others start: a stop is the order to replace one. */
sealed interface ContainerAgent extends Agent permits ManagedPodAgent, UnmanagedWorkloadAgent {
    /** The pod as it is now. */
    TargetPod target();

    /** Whether the last restart gave the server another network namespace; null if not known. */
    @Nullable
    Boolean freshNamespace();

    /** The time from the order to end the old container until the new one runs, in ms; null before the first restart. */
    @Nullable
    Double startMillis();

    /** Whether the kubelet was seen to hold the new container back during that time. */
    boolean backOff();

    /** As {@link dev.rebind.engine.Backend#ephemeral}; false if not known. */
    boolean ephemeral(int port);

    /** As {@link dev.rebind.engine.Backend#leftBefore}. */
    @Nullable
    InferredResidue leftBefore();

    /** As {@link TargetSession#why}. */
    AgentAnswer why() throws AgentException, InterruptedException;

    /**
     * Why the target is no longer held; null while it is held, as far as is known, and where nobody but this controller can
     * hold it.
     */
    default @Nullable String lost() {
        return null;
    }

    /** As {@link TargetSession#goneSince}. */
    @Nullable
    String goneSince(long nanos);

    /** Sets the observer of what new containers wait for. */
    void watch(StartObserver starts);

    /** Prepares a restart: the next container is to have what the cycle says. */
    void prepare(PlannedCycle cycle) throws InterruptedException;

    /** As {@link TargetSession#giveBack}. */
    Restoration giveBack(Duration atMost) throws InterruptedException;

    /** Options of the listeners, read from outside; null where its own agent runs the server. */
    @Nullable
    ListenerOptionsWatch flags();

    /** As {@link dev.rebind.engine.Backend#reuse}. */
    @Nullable
    Reuse reuse(Reuse planned);
}
