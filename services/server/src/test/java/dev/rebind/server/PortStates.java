package dev.rebind.server;

import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the kernel has on a port. */
final class PortStates {
    private static final SocketReader READER = SocketReaders.best();

    private PortStates() {}

    /** How many sockets in which state. */
    static Map<TcpState, Integer> on(int port) {
        return count(sockets(SocketQuery.onPort(port)));
    }

    /** The far ends: sockets whose remote port it is. */
    static Map<TcpState, Integer> to(int port) {
        return count(sockets(SocketQuery.toPort(port)));
    }

    /** Bytes received and not read by the server's connections. */
    static long unread(int port) {
        return sockets(SocketQuery.onPort(port)).stream()
                .filter(socket -> socket.state() != TcpState.LISTEN)
                .mapToLong(TcpSocket::recvQ)
                .sum();
    }

    private static Map<TcpState, Integer> count(List<TcpSocket> sockets) {
        var states = new EnumMap<TcpState, Integer>(TcpState.class);
        sockets.forEach(socket -> states.merge(socket.state(), 1, Integer::sum));
        return states;
    }

    private static List<TcpSocket> sockets(SocketQuery query) {
        return switch (READER.read(query)) {
            case Reading.Snapshot snapshot -> snapshot.sockets();
            case Reading.Unreadable unreadable -> throw new AssertionError(unreadable.toString());
        };
    }
}
