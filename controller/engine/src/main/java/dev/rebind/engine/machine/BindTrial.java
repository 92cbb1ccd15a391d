package dev.rebind.engine.machine;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.Inet6Address;
import java.net.InetAddress;

/** Tests whether an address and port can be bound: binds a socket and closes it without listening, so that nobody can connect meanwhile. */
sealed interface BindTrial {
    record Free() implements BindTrial {}

    record Refused(PosixException why) implements BindTrial {
        boolean is(Errno errno) {
            return why.is(errno);
        }
    }

    /**
     * Tries to bind an address and port.
     *
     * @param port the port; 0 stands for any free port, so that only the address is tested
     */
    static BindTrial bind(InetAddress address, int port, boolean reuseAddress, boolean reusePort) {
        try (PosixSocket socket = PosixSocket.open(family(address))) {
            socket.reuseAddress(reuseAddress).reusePort(reusePort).bind(new Endpoint(address, port));
            return new Free();
        } catch (PosixException e) {
            return new Refused(e);
        }
    }

    /**
     * Returns the family of socket that the JDK would use: IPv6 for both families if the machine has IPv6. A bind of 0.0.0.0 then also
     * covers [::].
     */
    static Family family(InetAddress address) {
        if (address instanceof Inet6Address) {
            return Family.IPV6;
        }
        try (PosixSocket socket = PosixSocket.open(Family.IPV6)) {
            return socket.family();
        } catch (PosixException e) {
            return Family.IPV4;
        }
    }
}
