package dev.rebind.operator.workload;

import dev.rebind.agent.Agent;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.engine.InferredResidue;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.bind.Reuse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An agent for restarts of whole containers or pods. A new container starts its generation by itself, so a stop is the
 * order to replace the container.
 */
sealed interface ContainerAgent extends Agent permits ManagedPodAgent, UnmanagedWorkloadAgent {
    /** The pod that runs the server now. */
    TargetPod target();

    /** Whether the last restart gave the server another network namespace; null if not known. */
    @Nullable
    Boolean freshNamespace();

    /** Returns the time from the order to end the old container until the new one runs, in ms; null before the first restart. */
    @Nullable
    Double startMillis();

    /** Whether the kubelet held the new container back during the last restart. */
    boolean backOff();

    /** Returns {@link dev.rebind.engine.Backend#ephemeral}; false if not known. */
    boolean ephemeral(int port);

    /** Returns {@link dev.rebind.engine.Backend#leftBefore}. */
    @Nullable
    InferredResidue leftBefore();

    /** Explains the port, see {@link TargetSession#why}. */
    AgentAnswer why() throws AgentException, InterruptedException;

    /**
     * Returns why the experiment no longer holds the target; null while it holds the target, as far as is known. Always
     * null if only this controller can hold the target.
     */
    default @Nullable String lost() {
        return null;
    }

    /** Returns why a failed cycle proves nothing, see {@link TargetSession#goneSince}. */
    @Nullable
    String goneSince(long nanos);

    /** Sets the observer of what new containers wait for. */
    void watch(StartObserver starts);

    /** Prepares a restart, so that the next container has the settings of the cycle. */
    void prepare(PlannedCycle cycle) throws InterruptedException;

    /** Gives the target back, see {@link TargetSession#giveBack}. */
    Restoration giveBack(Duration atMost) throws InterruptedException;

    /** Returns the options of the listeners, read from outside; null if an agent in the container runs the server. */
    @Nullable
    ListenerOptionsWatch flags();

    /** Returns {@link dev.rebind.engine.Backend#reuse}. */
    @Nullable
    Reuse reuse(Reuse planned);
}
