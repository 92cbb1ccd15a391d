package dev.rebind.diagnosis.seen;

import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.bind.Flag;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What the caller knows of the port's sockets and nothing on the machine shows: whose they are, with which options. */
public record Facts(Map<TcpSocket, Fact> bySocket) {
    /** The caller knows nothing more. */
    public static final Facts NONE = new Facts(Map.of());

    public Facts {
        bySocket = Map.copyOf(bySocket);
    }

    public Fact of(TcpSocket socket) {
        return bySocket.getOrDefault(socket, Fact.NOTHING);
    }

    /**
     * @param server the caller's server that has the socket, or whose listener accepted it; empty where not known
     * @param reuseAddress of the socket; what is read from the socket itself comes first, for each option
     * @param v6Only of an IPv6 socket
     */
    public record Fact(Optional<Server> server, Flag reuseAddress, Flag reusePort, Flag v6Only) {
        static final Fact NOTHING = new Fact(Optional.empty(), Flag.UNKNOWN, Flag.UNKNOWN, Flag.UNKNOWN);
    }

    /**
     * One life of the caller's server.
     *
     * @param generation its number, from 1; empty where it is one of several
     * @param latest whether it is the one that had the port last
     * @param reuseAddress whether it ran with SO_REUSEADDR; empty where not known
     */
    public record Server(OptionalInt generation, boolean latest, Optional<Boolean> reuseAddress) {}
}
