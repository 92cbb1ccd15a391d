package dev.rebind.sockets.bind;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpState;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Sockets on one port, made one after the other, and one that then wants the port.
 *
 * @param listens which of the old sockets begins to listen between the new one's bind and its listen; -1 for none. It is one
 *     in state BOUND
 */
record Scene(List<Old> old, Settings fresh, int listens) {
    Scene {
        old = List.copyOf(old);
    }

    enum Device {
        NONE,
        LO,
        /** An interface that is not the loopback; no connection is made through it. */
        OTHER
    }

    /**
     * @param address of the family; on an IPv6 socket an IPv4 address is an IPv4-mapped one
     * @param otherUser whether the socket is another user's
     */
    record Settings(
            Family family,
            String address,
            boolean v6Only,
            boolean reuseAddress,
            boolean reusePort,
            Device device,
            boolean otherUser) {
        String java() {
            return "new Settings(Family." + family + ", \"" + address + "\", " + v6Only + ", " + reuseAddress + ", "
                    + reusePort + ", Device." + device + ", " + otherUser + ")";
        }
    }

    /** What is left of an old server. */
    enum Left {
        BOUND(TcpState.CLOSED),
        LISTEN(TcpState.LISTEN),
        ESTABLISHED(TcpState.ESTABLISHED),
        CLOSE_WAIT(TcpState.CLOSE_WAIT),
        FIN_WAIT_2(TcpState.FIN_WAIT_2),
        /** FIN_WAIT_2 of a socket that its process has closed. */
        FIN_WAIT_2_CLOSED(TcpState.FIN_WAIT_2),
        TIME_WAIT(TcpState.TIME_WAIT);

        final TcpState state;

        Left(TcpState state) {
            this.state = state;
        }

        boolean connection() {
            return this != BOUND && this != LISTEN;
        }
    }

    /**
     * @param peer the address to which the client connects
     * @param listenerStays whether the listener of a connection goes on
     * @param acceptedByOther whether another user has accepted the connection
     */
    record Old(Settings settings, Left left, String peer, boolean listenerStays, boolean acceptedByOther) {
        String java() {
            return "new Old(" + settings.java() + ", Left." + left + ", \"" + peer + "\", " + listenerStays + ", "
                    + acceptedByOther + ")";
        }
    }

    /** The scene as source text. */
    String java() {
        return old.stream()
                .map(Old::java)
                .collect(Collectors.joining(
                        ",\n        ",
                        "new Scene(\n    List.of(\n        ",
                        "),\n    " + fresh.java() + ",\n    " + listens + ")"));
    }
}
