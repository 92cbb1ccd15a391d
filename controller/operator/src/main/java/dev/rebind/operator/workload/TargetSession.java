package dev.rebind.operator.workload;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.clients.Clients;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.engine.Backend;
import dev.rebind.engine.CycleFailure;
import dev.rebind.plan.PlannedCycle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A target that an experiment holds, with its agents: what cycles run on. Closing it gives the target back. */
public interface TargetSession extends Backend, AutoCloseable {
    /**
     * Before the first cycle, and before there are clients.
     *
     * @param reuseAddress what the old generation of that cycle is to have
     */
    void arrange(boolean reuseAddress) throws InterruptedException;

    /** The pod as it is now. */
    TargetPod target();

    Agent agent();

    /** Where the server binds. */
    Place place();

    /** Why the target is not held any more; null while it is, as far as is known. */
    @Nullable
    String lost();

    /**
     * Why a cycle that could not be carried out tells nothing of the server: what it ran on was gone, or did not answer. The pod
     * may have been evicted, or its node drained.
     *
     * @param nanos when the cycle began, {@link System#nanoTime()}
     * @return null where nothing of the kind is known
     */
    @Nullable
    String goneSince(long nanos);

    /** Whether an order to stop in that way ends the server at once; where it does not, {@link #watch} tells when it is gone. */
    boolean endsServer(StopWay way);

    /** Has this told when the server is gone, where no order says so. */
    void watch(ServerPresence presence);

    /** Starts clients in their pod. */
    Clients clients(Place place, PlannedCycle plan) throws CycleFailure, InterruptedException;

    /**
     * Gives the target back: everything that was started ends, a toggle's key gets its former value, and the target's own
     * server is started again. Waits until that listens.
     *
     * @param atMost how long it is waited for; zero: one look
     */
    Restoration giveBack(Duration atMost) throws InterruptedException;

    /** Ends what is left of the hold. Waits for nothing. */
    @Override
    void close();
}
