package dev.rebind.sockets.posix;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.proc.Namespace;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on which nothing stands, on no address and in no family, outside ip_local_port_range, so that no outgoing
 * connection gets them. Each is given out once by this process; others may still take it first, which is rare, as it is
 * picked at random.
 */
public final class FreePorts {
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 65_535;
    private static final int ATTEMPTS = 2_000;

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePorts() {}

    /** @throws IllegalStateException when none is found */
    public static int next() {
        var namespace = new Namespace();
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = random.nextInt(LOWEST, HIGHEST + 1);
            boolean inRange =
                    namespace.localPorts().map(range -> range.contains(port)).orElse(port >= 32_768);
            if (!inRange && GIVEN.add(port) && free(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port found from " + LOWEST + " to " + HIGHEST
                + " outside ip_local_port_range; make net.ipv4.ip_local_port_range smaller or end some servers");
    }

    /** Whether a socket without any option can be bound to the port on every address. */
    public static boolean free(int port) {
        try (var socket = PosixSocket.open(Family.IPV6)) {
            socket.bind(new Endpoint(InetAddress.getByName("::"), port));
            return true;
        } catch (PosixException e) {
            return e.is(Errno.EAFNOSUPPORT) && freeForIpv4(port);
        } catch (UnknownHostException e) {
            throw new AssertionError("a literal", e);
        }
    }

    private static boolean freeForIpv4(int port) {
        try (var socket = PosixSocket.open(Family.IPV4)) {
            socket.bind(new Endpoint(InetAddress.getByName("0.0.0.0"), port));
            return true;
        } catch (PosixException e) {
            return false;
        } catch (UnknownHostException e) {
            throw new AssertionError("a literal", e);
        }
    }
}
