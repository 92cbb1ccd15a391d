package dev.rebind.sockets.posix;

import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.proc.Namespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on which nothing stands, on no address and in no family, outside ip_local_port_range, so that no outgoing
 * connection gets them. No socket's far end is such a port either: a client's TIME_WAIT towards it, left by an earlier
 * user, would be taken for one of the next user's clients. Each is given out once by this process; others may still take
 * it first, which is rare, as it is picked at random.
 */
public final class FreePorts {
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 65_535;
    private static final int ATTEMPTS = 2_000;

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePorts() {}

    /** @throws IllegalStateException when none is found, or there is no file descriptor to try one with */
    public static int next() {
        var namespace = new Namespace();
        SocketReader reader = SocketReaders.best();
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = random.nextInt(LOWEST, HIGHEST + 1);
            boolean inRange =
                    namespace.localPorts().map(range -> range.contains(port)).orElse(port >= 32_768);
            if (!inRange && GIVEN.add(port) && free(port) && unseen(reader, port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port found from " + LOWEST + " to " + HIGHEST
                + " outside ip_local_port_range; make net.ipv4.ip_local_port_range smaller or end some servers");
    }

    /** Whether no socket has the port at either end. Where sockets cannot be read, the bind has to do. */
    static boolean unseen(SocketReader reader, int port) {
        return switch (reader.read(SocketQuery.around(port))) {
            case Reading.Snapshot snapshot -> snapshot.sockets().isEmpty();
            case Reading.Unreadable _ -> true;
        };
    }

    /**
     * Whether a socket without any option can be bound to the port on every address: nothing stands on it, not even a
     * leftover.
     *
     * @throws IllegalStateException when there is no file descriptor to try it with
     */
    public static boolean free(int port) {
        // Of the JDK, so that it works on every system: [::], which is IPv4 too, or 0.0.0.0 where there is no IPv6. A
        // client's socket, as that of a server would listen, and somebody might connect.
        try (SocketChannel socket = SocketChannel.open()) {
            socket.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException e) {
            DescriptorLimit.reached(e).ifPresent(limit -> {
                throw new IllegalStateException("whether port " + port + " is free cannot be tried: " + limit, e);
            });
            return false;
        }
    }
}
