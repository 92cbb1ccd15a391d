package dev.rebind.agent;

import dev.rebind.agent.Agent.Place;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import java.net.InetAddress;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A port at one moment.
 *
 * @param local the sockets on the port
 * @param remote the sockets whose far end is the port: the clients' side, where it is in the same namespace
 * @param listeners every listener of the namespace. A socket whose far end is one of them was accepted by it
 * @param owners by inode; a socket whose owner cannot be seen is not in the map
 */
public record PortView(Reading local, Reading remote, Reading listeners, Map<Long, Owner> owners) {
    public PortView {
        owners = Map.copyOf(owners);
    }

    /** Returns what concerns one address, without the sockets of other servers that share the port. Every socket concerns a wildcard. */
    PortView at(Place place) {
        InetAddress address = InetAddress.ofLiteral(place.address());
        return address.isAnyLocalAddress()
                ? this
                : new PortView(
                        part(local, socket -> concerns(socket.local().address(), address)),
                        part(remote, socket -> concerns(socket.remote().address(), address)),
                        listeners,
                        owners);
    }

    private static boolean concerns(InetAddress there, InetAddress address) {
        return there.isAnyLocalAddress() || there.equals(address);
    }

    /** Returns the matching sockets of a reading, with the same moment. */
    static Reading part(Reading whole, Predicate<TcpSocket> which) {
        return switch (whole) {
            case Reading.Unreadable unreadable -> unreadable;
            case Snapshot snapshot ->
                new Snapshot(
                        snapshot.takenAt(),
                        snapshot.takenNanos(),
                        snapshot.source(),
                        snapshot.sockets().stream().filter(which).toList(),
                        snapshot.halfNanos());
        };
    }
}
