package dev.rebind.sockets;

import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which sockets to look at. The kernel does the filtering where the reader can ask it to.
 *
 * @param localPort only sockets with this local port
 * @param remotePort only sockets with this remote port
 * @param either whether one of the two ports is enough, where both are given
 * @param states only sockets in these states; the kernel shows a connection request (NEW_SYN_RECV) as SYN_RECEIVED, and
 *     asking for either finds it
 */
public record SocketQuery(OptionalInt localPort, OptionalInt remotePort, boolean either, Set<TcpState> states) {
    public SocketQuery {
        states = Set.copyOf(states);
    }

    /** Every socket whose local port is {@code port}. */
    public static SocketQuery onPort(int port) {
        return new SocketQuery(OptionalInt.of(port), OptionalInt.empty(), false, EnumSet.allOf(TcpState.class));
    }

    /** Every socket whose remote port is {@code port}: the clients' side of {@link #onPort}, where it is in the same namespace. */
    public static SocketQuery toPort(int port) {
        return new SocketQuery(OptionalInt.empty(), OptionalInt.of(port), false, EnumSet.allOf(TcpState.class));
    }

    /** Both sides of a port in one look: {@link #onPort} and {@link #toPort} together. */
    public static SocketQuery around(int port) {
        return new SocketQuery(OptionalInt.of(port), OptionalInt.of(port), true, EnumSet.allOf(TcpState.class));
    }

    /** Every TCP socket of the namespace. */
    public static SocketQuery all() {
        return new SocketQuery(OptionalInt.empty(), OptionalInt.empty(), false, EnumSet.allOf(TcpState.class));
    }

    public SocketQuery in(Set<TcpState> states) {
        return new SocketQuery(localPort, remotePort, either, states);
    }

    public boolean matches(TcpSocket socket) {
        boolean local =
                localPort.isEmpty() || localPort.getAsInt() == socket.local().port();
        boolean remote =
                remotePort.isEmpty() || remotePort.getAsInt() == socket.remote().port();
        boolean request = socket.state() == TcpState.SYN_RECEIVED && states.contains(TcpState.NEW_SYN_RECV);
        return (either ? local || remote : local && remote) && (request || states.contains(socket.state()));
    }
}
