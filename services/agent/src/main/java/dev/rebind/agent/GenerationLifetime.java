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
 * The lifetime of one generation on one address and port, as the agent knows it. A generation that listens on several addresses has several
 * lifetimes.
 *
 * @param pids its processes, including the handlers of its connections
 * @param fromNanos when it was bound, {@link System#nanoTime()}
 * @param toNanos when it was gone; {@link Long#MAX_VALUE} while it lives
 * @param listeners inodes of its listening sockets at this address and port
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

    /** Whether the listener of this generation takes connections to this address. */
    boolean covers(InetAddress local) {
        InetAddress own = InetAddress.ofLiteral(place.address());
        return own.isAnyLocalAddress() || own.equals(local);
    }

    /**
     * Returns the generations whose listeners take connections to this address. For a generation with several such listeners, the one that
     * the kernel prefers is returned: a listener on the address itself comes before a wildcard.
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

    /** Whether a listener on this address could belong to this generation. The kernel may show 0.0.0.0 as [::]. */
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
