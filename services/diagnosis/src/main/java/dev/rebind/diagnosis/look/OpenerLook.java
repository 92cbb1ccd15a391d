package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.seen.Opener;
import dev.rebind.sockets.TcpInfo;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.diag.SocketLookup;
import dev.rebind.sockets.posix.PosixException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks for the byte counts of single connections, which tell who opened each, see {@link Opener}. Needs no right and takes
 * some microseconds a connection.
 */
final class OpenerLook {
    /** Beyond so many connections the others are taken for brothers of these. */
    private static final int AT_MOST = 256;

    private OpenerLook() {}

    /** A connection that could not be asked is not in the result. */
    static Map<TcpSocket, Opener> ask(List<TcpSocket> sockets) {
        List<TcpSocket> connections =
                sockets.stream().filter(OpenerLook::tells).limit(AT_MOST).toList();
        var openers = new HashMap<TcpSocket, Opener>();
        if (connections.isEmpty()) {
            return openers;
        }
        try (var lookup = new SocketLookup()) {
            for (TcpSocket socket : connections) {
                switch (lookup.askWithInfo(socket)) {
                    case SocketLookup.Answer.Found(TcpSocket now) ->
                        openers.put(socket, now.state() == socket.state() ? opener(now) : Opener.UNKNOWN);
                    case SocketLookup.Answer.Gone _ -> openers.put(socket, Opener.UNKNOWN);
                    case SocketLookup.Answer.Failed _ -> {
                        // A sandbox that plays the kernel may not answer at all: the others would take as long.
                        return openers;
                    }
                }
            }
        } catch (PosixException
                | UnsatisfiedLinkError
                | ExceptionInInitializerError
                | NoClassDefFoundError
                | IllegalCallerException e) {
            // This system has no sock_diag: who opened a connection is not known.
            openers.clear();
        }
        return openers;
    }

    /** A timewait socket and a connection request keep no counts, and a socket that connected to itself is both ends. */
    private static boolean tells(TcpSocket socket) {
        return switch (socket.state()) {
            case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1, FIN_WAIT_2, LAST_ACK, CLOSING ->
                !socket.selfConnected() && socket.local().port() != 0;
            case SYN_SENT, SYN_RECEIVED, NEW_SYN_RECV, TIME_WAIT, CLOSED, LISTEN -> false;
        };
    }

    /** Of the sequence numbers that were used up to now, those of data are taken away; a SYN and a FIN are left. */
    private static Opener opener(TcpSocket socket) {
        TcpInfo info = socket.info();
        TcpInfo.SentBytes bytes = info == null ? null : info.sent();
        if (bytes == null) {
            return Opener.UNKNOWN;
        }
        // The send queue (idiag_wqueue) is what was written and not acknowledged, a FIN included.
        long marks = bytes.acknowledged() + socket.sendQ() - bytes.waiting() - (bytes.sent() - bytes.retransmitted());
        long fin = hasSentFin(socket.state()) && bytes.waiting() == 0 ? 1 : 0;
        return marks == fin ? Opener.PEER : marks == fin + 1 ? Opener.SELF : Opener.UNKNOWN;
    }

    /** A FIN is the last that is sent: it is not sent yet where anything waits to be. */
    private static boolean hasSentFin(TcpState state) {
        return switch (state) {
            case FIN_WAIT_1, FIN_WAIT_2, CLOSING, LAST_ACK -> true;
            case ESTABLISHED, CLOSE_WAIT, SYN_SENT, SYN_RECEIVED, NEW_SYN_RECV, TIME_WAIT, CLOSED, LISTEN -> false;
        };
    }
}
