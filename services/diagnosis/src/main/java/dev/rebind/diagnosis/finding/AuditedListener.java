package dev.rebind.diagnosis.finding;

import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.options.SocketOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A listening port of a server, and what a restart of the server would meet.
 *
 * @param sockets at least one; several where a program has opened several with SO_REUSEPORT
 * @param options of the first of them; empty where they could not be read
 * @param inheritable whether programs that the server starts inherit the listener, as its descriptor is not close-on-exec in some
 *     process; empty where not known
 * @param ephemeral whether the kernel may give the port to a connection that goes out while the server is down
 * @param connections the sockets with a peer on the listener's address and port, by state
 */
public record AuditedListener(
        List<TcpSocket> sockets,
        Holder holder,
        Optional<SocketOptions> options,
        Optional<Boolean> inheritable,
        boolean ephemeral,
        Map<TcpState, Integer> connections,
        RestartOutlook restart) {
    public AuditedListener {
        sockets = List.copyOf(sockets);
        connections = Map.copyOf(connections);
    }

    public TcpSocket first() {
        return sockets.getFirst();
    }

    /** Clients that wait to be accepted now. */
    public long queue() {
        return sockets.stream().mapToLong(TcpSocket::recvQ).sum();
    }

    /** How many may wait for each of its sockets; empty from /proc, which does not tell it. */
    public OptionalLong backlog() {
        return options.filter(known -> known.backlog().isPresent())
                .map(known -> OptionalLong.of(known.backlog().getAsInt()))
                .orElse(first().sendQ() > 0 ? OptionalLong.of(first().sendQ()) : OptionalLong.empty());
    }

    /** The connection requests that were dropped since it listens, mostly as the queue was full; empty where not told. */
    public OptionalLong dropped() {
        if (sockets.size() == 1 && first().dropped() == null) {
            // /proc does not tell it; the socket does, where it could be asked.
            return options.map(SocketOptions::dropped).orElse(OptionalLong.empty());
        }
        return sockets.stream().anyMatch(socket -> socket.dropped() == null)
                ? OptionalLong.empty()
                : OptionalLong.of(sockets.stream()
                        .map(TcpSocket::dropped)
                        .mapToLong(count -> count == null ? 0 : count)
                        .sum());
    }
}
