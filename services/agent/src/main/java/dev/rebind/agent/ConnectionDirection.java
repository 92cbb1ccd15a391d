package dev.rebind.agent;

import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/** The direction of a connection, incoming or outgoing, as far as the listeners prove it. */
final class ConnectionDirection {
    private ConnectionDirection() {}

    /**
     * Whether the connection provably goes out from its local port. That is so when its far end is the address of a listener in this
     * namespace: that listener accepted the connection, so this end opened it. False proves nothing.
     */
    static boolean goesOut(TcpSocket socket, PortView view) {
        if (socket.state() == TcpState.SYN_SENT) {
            return true;
        }
        return view.listeners() instanceof Snapshot listeners
                && listeners.sockets().stream()
                        .anyMatch(listener -> listener.state() == TcpState.LISTEN
                                && listener.local().port() == socket.remote().port()
                                // Either end could have opened a connection between two ports that both have listeners.
                                && listener.local().port() != socket.local().port()
                                && covers(listener, socket.remote().address()));
    }

    private static boolean covers(TcpSocket listener, InetAddress address) {
        InetAddress own = listener.local().address();
        return own.equals(address) || (own.isAnyLocalAddress() && isLocal(address));
    }

    private static boolean isLocal(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}
