package dev.rebind.engine.machine;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.Inet6Address;
import java.net.InetAddress;

/** Asks the kernel itself: binds a socket and closes it without listening, so that nobody can connect meanwhile. */
sealed interface BindTrial {
    record Free() implements BindTrial {}

    record Refused(PosixException why) implements BindTrial {
        boolean is(Errno errno) {
            return why.is(errno);
        }
    }

    /** @param port 0: any port, which tests only the address */
    static BindTrial bind(InetAddress address, int port, boolean reuseAddress, boolean reusePort) {
        try (PosixSocket socket = PosixSocket.open(family(address))) {
            socket.reuseAddress(reuseAddress).reusePort(reusePort).bind(new Endpoint(address, port));
            return new Free();
        } catch (PosixException e) {
            return new Refused(e);
        }
    }

    /** Binds as the JDK does: one IPv6 socket for both families if there is IPv6, so that 0.0.0.0 is [::] as well. */
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
