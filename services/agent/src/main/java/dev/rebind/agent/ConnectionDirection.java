package dev.rebind.agent;

import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/** Whether a connection was accepted on its local port or goes out from it, as far as the listeners prove it. */
final class ConnectionDirection {
    private ConnectionDirection() {}

    /**
     * True when the far end is an address of this namespace on which a listener stands: that listener accepted the
     * connection, so this end is the one that connected. False proves nothing.
     */
    static boolean goesOut(TcpSocket socket, PortView view) {
        if (socket.state() == TcpState.SYN_SENT) {
            return true;
        }
        return view.listeners() instanceof Snapshot listeners
                && listeners.sockets().stream()
                        .anyMatch(listener -> listener.state() == TcpState.LISTEN
                                && listener.local().port() == socket.remote().port()
                                // A connection between two ports with listeners could have been opened by either end.
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
