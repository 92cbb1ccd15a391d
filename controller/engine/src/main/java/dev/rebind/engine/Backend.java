package dev.rebind.engine;

import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.bind.Reuse;
import dev.rebind.record.server.ClusterPlace;
import dev.rebind.record.server.Program;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The environment in which cycles run: this machine or a cluster. The threads of the cycles call it. */
public interface Backend {
    /** The name in the records: {@code local} or {@code kubernetes}. */
    String name();

    /** Whether the port lies in the range from which the kernel takes ports for outgoing connections. */
    boolean ephemeral(int port);

    /** The place in the cluster of the cycle that is ending; null on one machine. */
    @Nullable
    ClusterPlace cluster();

    /** The owner of the port: the node's name if the server binds a port of the node. It changes when a pod comes back on another node. */
    String host();

    /** The address to which clients connect now. It changes when a new pod has another address. Empty if it is the place itself. */
    String clientAddress();

    /**
     * Whether the workload runs its servers without the experiment. Then one may already listen before the first cycle, and the last one
     * stays when the experiment ends.
     */
    default boolean hasServerBefore() {
        return false;
    }

    /** The route by which clients in a cluster connect now; null on one machine, where they connect directly. */
    default @Nullable ClientRoute clientRoute() {
        return null;
    }

    /**
     * The endpoints to which the clients' Service sent connections over time; null if they use no Service, or if its endpoints are unknown.
     */
    default @Nullable EndpointHistory endpoints() {
        return null;
    }

    /** The period at which the {@code Sampler} looks at the port, in addition to the looks that the cycle itself needs. */
    Duration samplePeriod();

    /**
     * Called before the old generation stops. A backend where the kubelet or a controller starts the new generation must apply its settings
     * now.
     *
     * @throws CycleFailure when the settings cannot be applied
     */
    void preparing(PlannedCycle cycle) throws CycleFailure, InterruptedException;

    /**
     * SO_REUSEADDR of both generations of the cycle that is ending.
     *
     * @param planned the values that the experiment asks for
     * @return the actual values; null if unknown
     */
    default @Nullable Reuse reuse(Reuse planned) {
        return planned;
    }

    /** What is known about the server of the cycle that is ending, if it is a user's command; null if it is not. */
    default @Nullable Program program() {
        return null;
    }

    /** Whether the server that was bound last is known to have ended without being told to. */
    default boolean hasServerEnded() {
        return false;
    }

    /**
     * Residue of the old generation that became known only after the new one was started, for a cycle that could not look in between; null
     * if there is none.
     */
    default @Nullable InferredResidue leftBefore() {
        return null;
    }

    /**
     * Whether the new generation tries again after a failed bind whatever the errno, because the kubelet starts it again or because it is a
     * command that may retry by itself. The number of tries is then unknown.
     */
    default boolean triesByItself() {
        return false;
    }
}
