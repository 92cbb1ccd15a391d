package dev.rebind.agent;

import dev.rebind.agent.Agent.Place;
import java.net.InetAddress;
import java.util.Set;

/**
 * One generation's time on a port, as the agent knows it.
 *
 * @param pids its processes, handlers of its connections included
 * @param fromNanos when it was bound, {@link System#nanoTime()}
 * @param toNanos when it was gone; {@link Long#MAX_VALUE} while it lives
 * @param listeners inodes of its listening sockets
 */
record GenerationLifetime(
        int generation,
        Place place,
        boolean reuseAddress,
        boolean reusePort,
        Set<Long> pids,
        long fromNanos,
        long toNanos,
        Set<Long> listeners) {
    GenerationLifetime {
        pids = Set.copyOf(pids);
        listeners = Set.copyOf(listeners);
    }

    /** Whether its listener takes connections to this address. */
    boolean covers(InetAddress local) {
        InetAddress own = InetAddress.ofLiteral(place.address());
        return own.isAnyLocalAddress() || own.equals(local);
    }

    /** Whether a listener on this address could be its own; 0.0.0.0 may stand in the kernel as [::]. */
    boolean couldListenOn(InetAddress local) {
        InetAddress own = InetAddress.ofLiteral(place.address());
        return own.equals(local) || (own.isAnyLocalAddress() && local.isAnyLocalAddress());
    }

    boolean alive() {
        return toNanos == Long.MAX_VALUE;
    }

    GenerationLifetime ended(long nanos) {
        return new GenerationLifetime(generation, place, reuseAddress, reusePort, pids, fromNanos, nanos, listeners);
    }

    GenerationLifetime with(Set<Long> pids, Set<Long> listeners) {
        return new GenerationLifetime(generation, place, reuseAddress, reusePort, pids, fromNanos, toNanos, listeners);
    }
}
