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

/** A target that an experiment holds, with its agents. Cycles run on it. {@link #close} ends the hold. */
public interface TargetSession extends Backend, AutoCloseable {
    /**
     * Prepares the first cycle. The run calls this before clients connect.
     *
     * @param reuseAddress the SO_REUSEADDR that the old generation of the first cycle needs
     */
    void arrange(boolean reuseAddress) throws InterruptedException;

    /** The pod that runs the server now. */
    TargetPod target();

    Agent agent();

    /** The place that the server binds. */
    Place place();

    /**
     * Asks an agent why the server's port can or cannot be bound now. The agent binds nothing. The call waits until the
     * agent answers or the thread is interrupted. Any thread may call it.
     *
     * @throws AgentException when no agent can be asked now, or the agent does not answer; the message says why, in a
     *     clause without a full stop
     */
    AgentAnswer why() throws AgentException, InterruptedException;

    /** Asks the agent of the pod's node, which looks at the pod from outside. Otherwise like {@link #why}. */
    AgentAnswer whyFromNode() throws AgentException, InterruptedException;

    /** Returns why the experiment no longer holds the target; null while it holds the target, as far as is known. */
    @Nullable
    String lost();

    /**
     * Returns why a failed cycle proves nothing about the server: its pod was gone or did not answer, for example
     * because the pod was evicted or its node was drained.
     *
     * @param nanos when the cycle began, in {@link System#nanoTime()}
     * @return null if no such reason is known
     */
    @Nullable
    String goneSince(long nanos);

    /**
     * Whether an order to stop ends the server at once. If not, the observer of {@link #watch} is told when the server
     * is gone.
     */
    boolean endsServer();

    /**
     * Sets the observers of this target.
     *
     * @param presence is told when the server is gone, if {@link #endsServer} is false
     * @param starts is told what a new container waits for, if it does not start
     */
    void watch(ServerPresence presence, StartObserver starts);

    /** Starts clients in their pod. */
    ClientGroup clients(Place place, PlannedCycle plan) throws CycleFailure, InterruptedException;

    /**
     * Gives the target back. Ends everything that the experiment started, restores the toggle's key, and lets the
     * target's own server run again. Waits until that server listens.
     *
     * @param atMost how long to wait for the server; zero for one look
     */
    Restoration giveBack(Duration atMost) throws InterruptedException;

    /** Ends the rest of the hold. Does not wait for the server. */
    @Override
    void close();
}
