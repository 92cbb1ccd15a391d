package dev.rebind.diagnosis.look;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.proc.Rights;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.OptionalLong;

/**
 * Sockets with what the kernel leaves to its reader: the zone of a link-local address is the device of the socket, and overflowuid stands
 * for every user who has no id in this user namespace.
 */
final class Interpreted {
    /** The user of a socket, where nobody can tell which one it is. */
    static final long NO_USER = -1;

    private Interpreted() {}

    static Reading of(Reading reading) {
        if (!(reading instanceof Reading.Snapshot snapshot)) {
            return reading;
        }
        OptionalLong overflow = Rights.overflowUid();
        // Of a hundred thousand sockets mostly none is to be changed.
        if (snapshot.sockets().stream().noneMatch(socket -> isStranger(socket, overflow) || isZoned(socket))) {
            return snapshot;
        }
        return new Reading.Snapshot(
                snapshot.takenAt(),
                snapshot.takenNanos(),
                snapshot.source(),
                snapshot.sockets().stream().map(socket -> of(socket, overflow)).toList(),
                snapshot.halfNanos());
    }

    private static TcpSocket of(TcpSocket socket, OptionalLong overflow) {
        TcpSocket located = isZoned(socket) ? socket.withLocal(zoned(socket)) : socket;
        return isStranger(socket, overflow) ? located.withUid(NO_USER) : located;
    }

    private static boolean isStranger(TcpSocket socket, OptionalLong overflow) {
        return overflow.isPresent() && socket.uid() == overflow.getAsLong();
    }

    private static boolean isZoned(TcpSocket socket) {
        return socket.device() != 0 && socket.local().address().isLinkLocalAddress();
    }

    private static Endpoint zoned(TcpSocket socket) {
        InetAddress address = socket.local().address();
        return address instanceof Inet6Address six
                ? new Endpoint(zoned(six, socket.device()), socket.local().port())
                : socket.local();
    }

    /** With the name of the device, where the JDK finds it: it looks in the main thread's network namespace. */
    private static InetAddress zoned(Inet6Address address, int device) {
        try {
            NetworkInterface named = NetworkInterface.getByIndex(device);
            if (named != null) {
                return Inet6Address.getByAddress(null, address.getAddress(), named);
            }
        } catch (SocketException | UnknownHostException e) {
            return numbered(address, device);
        }
        return numbered(address, device);
    }

    private static InetAddress numbered(Inet6Address address, int device) {
        try {
            return Inet6Address.getByAddress(null, address.getAddress(), device);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 16 bytes", e);
        }
    }
}
