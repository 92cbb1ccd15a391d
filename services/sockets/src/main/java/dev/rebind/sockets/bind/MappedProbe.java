package dev.rebind.sockets.bind;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Asks the kernel how it compares IPv4-mapped addresses. Every port is one that the kernel has given, and none listens. */
final class MappedProbe {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress SIX_ANY = InetAddress.ofLiteral("::");
    /** The kernel may give [::] a port that an IPv4 socket has. Another port tells then. */
    private static final int PORTS = 4;

    private static volatile @Nullable MappedAddresses known;

    private MappedProbe() {}

    static MappedAddresses answer() {
        MappedAddresses before = known;
        if (before != null) {
            return before;
        }
        MappedAddresses now = ask();
        // A namespace without a loopback, or a process without a free descriptor, says nothing about the kernel.
        if (now.fourMeetsMapped() != Flag.UNKNOWN && now.mappedMeetsV6Only() != Flag.UNKNOWN) {
            known = now;
        }
        return now;
    }

    static MappedAddresses ask() {
        try {
            return new MappedAddresses(fourMeetsMapped(), mappedMeetsV6Only());
        } catch (PosixException e) {
            // Without IPv6 there are no mapped addresses.
            return e.is(Errno.EAFNOSUPPORT) ? MappedAddresses.USUAL : MappedAddresses.UNKNOWN;
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            return MappedAddresses.UNKNOWN;
        }
    }

    private static Flag fourMeetsMapped() throws PosixException {
        try (PosixSocket mapped = PosixSocket.open(Family.IPV6)) {
            mapped.bind(new Endpoint(LOOPBACK, 0));
            return Flag.of(!binds(Family.IPV4, mapped.local().port()));
        }
    }

    private static Flag mappedMeetsV6Only() throws PosixException {
        for (int i = 0; i < PORTS; i++) {
            try (PosixSocket only = PosixSocket.open(Family.IPV6).v6Only(true)) {
                only.bind(new Endpoint(SIX_ANY, 0));
                int port = only.local().port();
                if (binds(Family.IPV4, port)) {
                    return Flag.of(!binds(Family.IPV6, port));
                }
            }
        }
        return Flag.UNKNOWN;
    }

    /** Whether a socket of the family binds the IPv4 address. */
    private static boolean binds(Family family, int port) throws PosixException {
        try (PosixSocket socket = PosixSocket.open(family)) {
            socket.bind(new Endpoint(LOOPBACK, port));
            return true;
        } catch (PosixException e) {
            if (e.is(Errno.EADDRINUSE)) {
                return false;
            }
            throw e;
        }
    }
}
