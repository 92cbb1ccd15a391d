package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.finding.Origin;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Opener;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.net.InetAddress;
import java.util.List;

/**
 * Whether a connection was accepted on the port or goes out from it. That somebody listens on its far port proves nothing: a
 * program may listen there since, or dial from there. Pure.
 */
final class Origins {
    /** Ports below are those of services, wherever connections that go out get theirs from. */
    private static final int SERVICES_END = 1_024;
    /** Ports from here on are those of no service: RFC 6335, section 6. Other systems than Linux give them to connections that go out. */
    private static final int DYNAMIC_START = 49_152;

    private final Observation seen;
    private final List<TcpSocket> listeners;

    /** @param onPort the sockets that have the port as their own */
    Origins(Observation seen, List<TcpSocket> onPort) {
        this.seen = seen;
        this.listeners = onPort.stream()
                .filter(socket -> socket.state() == TcpState.LISTEN)
                .toList();
    }

    Origin of(TcpSocket socket) {
        if (socket.selfConnected()) {
            return Origin.ITSELF;
        }
        return switch (socket.state()) {
            case LISTEN, CLOSED -> Origin.BOUND;
            case SYN_SENT -> Origin.OUTGOING;
            case NEW_SYN_RECV -> Origin.ACCEPTED;
            // A connection without an owner that is open waits in the queue of a listener.
            case SYN_RECEIVED -> socket.inode() == 0 ? Origin.ACCEPTED : counted(socket);
            case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1, FIN_WAIT_2, LAST_ACK, CLOSING, TIME_WAIT -> counted(socket);
        };
    }

    private Origin counted(TcpSocket socket) {
        return switch (seen.openers().getOrDefault(socket, Opener.UNKNOWN)) {
            case PEER -> Origin.ACCEPTED;
            case SELF -> Origin.OUTGOING;
            case UNKNOWN -> guessed(socket);
        };
    }

    private Origin guessed(TcpSocket socket) {
        if (socket.state() == TcpState.CLOSE_WAIT && socket.inode() == 0) {
            return Origin.ACCEPTED;
        }
        if (listened(socket)) {
            return Origin.PROBABLY_ACCEPTED;
        }
        int near = socket.local().port();
        int far = socket.remote().port();
        boolean here = seen.locals().contains(socket.remote().address());
        if (seen.settings().localPorts().isEmpty()) {
            return Origin.EITHER;
        }
        if (!seen.settings().gives(near)) {
            // A connection that goes out has a port outside of the range only where the program binds it first. One
            // that was
            // accepted has a far port like that only where the client binds it, or where a router has changed it.
            return seen.settings().inRange(far) || (!here && far >= DYNAMIC_START)
                    ? Origin.PROBABLY_ACCEPTED
                    : Origin.EITHER;
        }
        return seen.settings().inRange(far) || (here && far >= SERVICES_END) ? Origin.EITHER : Origin.PROBABLY_OUTGOING;
    }

    /** Whether a listener that is there now has the connection's address. */
    private boolean listened(TcpSocket socket) {
        for (TcpSocket listener : listeners) {
            InetAddress address = listener.local().address();
            if (address.isAnyLocalAddress() || address.equals(socket.local().address())) {
                return true;
            }
        }
        return false;
    }
}
