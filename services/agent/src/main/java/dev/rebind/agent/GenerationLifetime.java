package dev.rebind.agent;

import dev.rebind.agent.Agent.Place;
import dev.rebind.sockets.bind.Flag;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One generation's time on an address and port, as the agent knows it. A generation that listens on several addresses has several.
 *
 * @param pids its processes, handlers of its connections included
 * @param fromNanos when it was bound, {@link System#nanoTime()}
 * @param toNanos when it was gone; {@link Long#MAX_VALUE} while it lives
 * @param listeners inodes of its listening sockets there
 */
record GenerationLifetime(
        int generation,
        Place place,
        Flag reuseAddress,
        Flag reusePort,
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

    /**
     * The generations whose listeners take connections to this address, each with the one that does so before its others: that of the
     * address, then the wildcard of its family.
     */
    static List<GenerationLifetime> covering(List<GenerationLifetime> lives, InetAddress local) {
        Map<Integer, GenerationLifetime> closest = new LinkedHashMap<>();
        lives.stream()
                .filter(life -> life.covers(local))
                .forEach(life -> closest.merge(
                        life.generation(),
                        life,
                        (one, other) -> other.closeness(local) > one.closeness(local) ? other : one));
        return List.copyOf(closest.values());
    }

    private int closeness(InetAddress local) {
        InetAddress own = InetAddress.ofLiteral(place.address());
        boolean sameFamily = own instanceof Inet4Address == local instanceof Inet4Address;
        return own.equals(local) ? 2 : sameFamily ? 1 : 0;
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
