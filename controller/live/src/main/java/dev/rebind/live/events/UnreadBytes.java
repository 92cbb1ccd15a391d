package dev.rebind.live.events;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpInfo.SentBytes;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.diag.SocketLookup;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the other end of a connection takes what is sent to it, by what the kernel knows. A write tells it late: the buffer
 * of this end takes megabytes first. Where the kernel does not tell, nobody is taken for silent. For one thread.
 */
final class UnreadBytes {
    private static final long NOTHING_WAITS = -1;

    private final @Nullable SocketLookup lookup;
    private final Endpoint local;
    private final Endpoint remote;
    /** What was acknowledged at the look before, if something waited then. */
    private long acknowledged = NOTHING_WAITS;

    /** @param lookup null where this system has none */
    UnreadBytes(@Nullable SocketLookup lookup, Endpoint local, Endpoint remote) {
        this.lookup = lookup;
        this.local = local;
        this.remote = remote;
    }

    /** Whether something waited at this look and at the one before, and nothing was taken in between. */
    boolean stand() {
        TcpSocket socket = socket();
        SentBytes sent =
                socket == null || socket.info() == null ? null : socket.info().sent();
        if (socket == null || sent == null || socket.sendQ() == 0) {
            acknowledged = NOTHING_WAITS;
            return false;
        }
        boolean stand = acknowledged == sent.acknowledged();
        acknowledged = sent.acknowledged();
        return stand;
    }

    /** A server on a wildcard address mostly has sockets of IPv6 for connections of IPv4, too. */
    private @Nullable TcpSocket socket() {
        if (lookup == null) {
            return null;
        }
        return Stream.of(Family.IPV6, Family.IPV4)
                .map(family -> lookup.askWithInfo(
                        new TcpSocket(family, TcpState.ESTABLISHED, local, remote, 0, 0, SocketTimer.NONE, 0, 0, null)))
                .filter(SocketLookup.Answer.Found.class::isInstance)
                .map(SocketLookup.Answer.Found.class::cast)
                .map(SocketLookup.Answer.Found::socket)
                .findFirst()
                .orElse(null);
    }
}
