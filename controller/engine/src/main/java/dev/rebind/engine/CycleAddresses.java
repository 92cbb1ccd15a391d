package dev.rebind.engine;

import dev.rebind.agent.Agent.Place;
import dev.rebind.plan.Places;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.sockets.posix.FreePorts;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Assigns an address and port to each cycle: the address and port that the experiment names, a free port, or the next address of
 * 127.0.0.0/8. Safe for several threads.
 */
final class CycleAddresses {
    /** 127.0.0.1 is in general use, and 127.0.1.1 names the host on some systems, so these addresses begin higher. */
    private static final int FIRST = (100 << 8) + 1;

    private static final AtomicInteger NEXT = new AtomicInteger(FIRST);

    private CycleAddresses() {}

    /**
     * Returns the address and port of the next cycle.
     *
     * @param copy the number of the experiment's copy, from 0
     */
    static Place next(Places places, int copy, PlannedCycle.Server server) {
        if (server.port() == 0) {
            return new Place(server.address(), FreePorts.next());
        }
        return switch (places) {
            case shared -> copy == 0 ? new Place(server.address(), server.port()) : loopback(server.port());
            case own -> loopback(server.port());
        };
    }

    private static Place loopback(int port) {
        int host = NEXT.getAndIncrement();
        return new Place("127.0." + ((host >> 8) & 0xff) + "." + (host & 0xff), port);
    }
}
