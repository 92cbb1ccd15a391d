package dev.rebind.operator.workload;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.engine.Backend;
import dev.rebind.engine.CycleFailure;
import dev.rebind.plan.PlannedCycle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A target that an experiment holds, with its agents. Cycles run on it. Closing it ends the hold. */
public interface TargetSession extends Backend, AutoCloseable {
    /**
     * Prepares the first cycle. Called before it, and before there are clients.
     *
     * @param reuseAddress the SO_REUSEADDR that the old generation of that cycle is to have
     */
    void arrange(boolean reuseAddress) throws InterruptedException;

    /** The pod as it is now. */
    TargetPod target();

    Agent agent();

    /** The place that the server binds. */
    Place place();

    /**
     * Asks an agent why the server's port can or cannot be bound now. Nothing is bound. May wait for as long as an agent is silent, and
     * until it is interrupted; from any thread.
     *
     * @throws AgentException when no agent can be asked now, or it does not answer; a clause without a full stop says why
     */
    AgentAnswer why() throws AgentException, InterruptedException;

    /** As {@link #why}, asked of the agent of the pod's node, which looks at the pod from outside. */
    AgentAnswer whyFromNode() throws AgentException, InterruptedException;

    /** Why the target is no longer held; null while it is held, as far as is known. */
    @Nullable
    String lost();

    /**
     * Why a failed cycle proves nothing about the server: its pod was gone or did not answer, for example because the pod
     * was evicted or its node drained.
     *
     * @param nanos when the cycle began, {@link System#nanoTime()}
     * @return null if no such reason is known
     */
    @Nullable
    String goneSince(long nanos);

    /**
     * Whether an order to stop ends the server at once. If it does not, {@link #watch} tells when the server is gone.
     */
    boolean endsServer();

    /**
     * Sets the observers of this target.
     *
     * @param presence learns when the server is gone, if the answer to an order does not tell
     * @param starts learns what a new container waits for, if it does not start
     */
    void watch(ServerPresence presence, StartObserver starts);

    /** Starts clients in their pod. */
    ClientGroup clients(Place place, PlannedCycle plan) throws CycleFailure, InterruptedException;

    /**
     * Gives the target back: everything that was started ends, a toggle's key gets its former value, and the target's own
     * server is started again. Waits until that server listens.
     *
     * @param atMost how long to wait for the server; zero for one look
     */
    Restoration giveBack(Duration atMost) throws InterruptedException;

    /** Ends the rest of the hold. Waits for nothing. */
    @Override
    void close();
}
