package dev.rebind.live.events;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpInfo.SentBytes;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.diag.SocketLookup;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks the kernel whether the other end of a connection takes what is sent to it. A blocked write would show that late, because the send
 * buffer of this end takes megabytes first. If the kernel does not tell, the other end counts as reading. For one thread.
 */
final class UnreadBytes {
    private static final long NOTHING_WAITS = -1;

    private final @Nullable SocketLookup lookup;
    private final Endpoint local;
    private final Endpoint remote;
    /** The acknowledged bytes at the previous look, or {@link #NOTHING_WAITS} if no data waited then. */
    private long acknowledged = NOTHING_WAITS;

    /** @param lookup null if this system does not offer one */
    UnreadBytes(@Nullable SocketLookup lookup, Endpoint local, Endpoint remote) {
        this.lookup = lookup;
        this.local = local;
        this.remote = remote;
    }

    /** Looks again. Returns whether data waited at this look and at the previous one, and the other end took nothing in between. */
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

    /** Asks for IPv6 first, because a server on a wildcard address mostly has IPv6 sockets for IPv4 connections too. */
    private @Nullable TcpSocket socket() {
        if (lookup == null) {
            return null;
        }
        return Stream.of(Family.IPV6, Family.IPV4)
                .map(family -> lookup.askWithInfo(
                        TcpSocket.of(TcpState.ESTABLISHED, local, remote).withFamily(family)))
                .filter(SocketLookup.Answer.Found.class::isInstance)
                .map(SocketLookup.Answer.Found.class::cast)
                .map(SocketLookup.Answer.Found::socket)
                .findFirst()
                .orElse(null);
    }
}
