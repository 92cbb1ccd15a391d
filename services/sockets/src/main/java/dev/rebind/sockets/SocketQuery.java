package dev.rebind.sockets;

import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which sockets to look at. The kernel does the filtering where the reader can ask it to.
 *
 * @param localPort only sockets with this local port
 * @param remotePort only sockets with this remote port
 * @param states only sockets in these states
 */
public record SocketQuery(OptionalInt localPort, OptionalInt remotePort, Set<TcpState> states) {
    public SocketQuery {
        states = Set.copyOf(states);
    }

    /** Every socket whose local port is {@code port}. */
    public static SocketQuery onPort(int port) {
        return new SocketQuery(OptionalInt.of(port), OptionalInt.empty(), EnumSet.allOf(TcpState.class));
    }

    /** Every socket whose remote port is {@code port}: the clients' side of {@link #onPort}, where it is in the same namespace. */
    public static SocketQuery toPort(int port) {
        return new SocketQuery(OptionalInt.empty(), OptionalInt.of(port), EnumSet.allOf(TcpState.class));
    }

    /** Every TCP socket of the namespace. */
    public static SocketQuery all() {
        return new SocketQuery(OptionalInt.empty(), OptionalInt.empty(), EnumSet.allOf(TcpState.class));
    }

    public SocketQuery in(Set<TcpState> states) {
        return new SocketQuery(localPort, remotePort, states);
    }

    public boolean matches(TcpSocket socket) {
        return (localPort.isEmpty() || localPort.getAsInt() == socket.local().port())
                && (remotePort.isEmpty()
                        || remotePort.getAsInt() == socket.remote().port())
                && states.contains(socket.state());
    }
}
