package dev.rebind.engine;

import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.bind.Reuse;
import dev.rebind.record.server.ClusterPlace;
import dev.rebind.record.server.Program;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where cycles run, as their records name it. The threads of the cycles call it. */
public interface Backend {
    /** local or kubernetes. */
    String name();

    /** Whether the kernel there may give the port to any outgoing connection. */
    boolean ephemeral(int port);

    /** Where in a cluster the ending cycle ran; null on one machine. */
    @Nullable
    ClusterPlace cluster();

    /**
     * Whose port is bound: a node's name if the port is the node's. It changes when a pod comes back on another node.
     */
    String host();

    /** Where clients connect now; it changes when a new pod has another address. Empty where that is the place itself. */
    String clientAddress();

    /**
     * Whether the servers are somebody else's: one may listen where clients connect before a cycle has started its first generation
     * there, and the last one stays.
     */
    default boolean hasServerBefore() {
        return false;
    }

    /** Where clients in a cluster connect now; null on one machine, where nothing stands between. */
    default @Nullable ClientRoute clientRoute() {
        return null;
    }

    /** Where the Service through which clients connect sent them; null where there is none, or it cannot be told. */
    default @Nullable EndpointHistory endpoints() {
        return null;
    }

    /** How often a cycle looks at the port, in addition to the looks that it needs. */
    Duration samplePeriod();

    /**
     * Called before the old generation stops: the settings of the new one, for a backend where somebody else starts it.
     *
     * @throws CycleFailure when they cannot be applied
     */
    void preparing(PlannedCycle cycle) throws CycleFailure, InterruptedException;

    /**
     * SO_REUSEADDR of both generations of the ending cycle.
     *
     * @param planned as the experiment has it
     * @return null if nobody knows
     */
    default @Nullable Reuse reuse(Reuse planned) {
        return planned;
    }

    /** What is known of the server of the ending cycle, where it is somebody's command; null where it is not. */
    default @Nullable Program program() {
        return null;
    }

    /** Whether the server that was bound last has ended without an order, as far as that is known. */
    default boolean hasServerEnded() {
        return false;
    }

    /** What is known later of what the old generation has left, where the cycle could not look; null where nothing is. */
    default @Nullable InferredResidue leftBefore() {
        return null;
    }

    /** Whether somebody else starts the new generation again after a failed bind, whatever the errno. */
    default boolean triesByItself() {
        return false;
    }
}
