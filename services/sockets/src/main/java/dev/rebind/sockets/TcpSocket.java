package dev.rebind.sockets;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One TCP socket as the kernel shows it.
 *
 * @param remote the wildcard address and port 0 for a socket that has no peer, see {@link #peer}
 * @param recvQ bytes received and not yet read; for a listener, connections that wait to be accepted
 * @param sendQ bytes not yet acknowledged; for a listener, its backlog (0 from /proc, which does not tell it)
 * @param uid the owner's user id; 0 for a socket without an owner, see {@code inode}
 * @param inode the socket's inode; 0 once no process holds it (TIME_WAIT, FIN_WAIT_2 and the like of a closed socket)
 * @param v6Only IPV6_V6ONLY of an IPv6 listener or bound socket; null where the source does not tell (/proc, other states,
 *     IPv4)
 * @param device the index of the network device that the socket is bound to (SO_BINDTODEVICE, or the scope of a link-local
 *     address); 0 for none, and from /proc, which does not tell it
 * @param cookie what tells the socket from every other since the boot; 0 from /proc, which does not tell it. A FIN_WAIT_2 that
 *     becomes a timewait socket gets another one
 * @param upperLayer the protocol on top of a listener: {@code mptcp} where the listener is that of an MPTCP socket. Null for
 *     none, and where the source does not tell (/proc; inet_diag without CAP_NET_ADMIN; other states unless asked for)
 * @param dropped the connection requests that a listener has dropped since it listens, as its queue was full or memory was short
 *     (sk_drops); null where the source does not tell (/proc, other states)
 * @param info null unless it was asked for, and for a socket that is no full one (TIME_WAIT, connection requests)
 */
public record TcpSocket(
        Family family,
        TcpState state,
        Endpoint local,
        Endpoint remote,
        long recvQ,
        long sendQ,
        SocketTimer timer,
        long uid,
        long inode,
        @Nullable Boolean v6Only,
        int device,
        long cookie,
        @Nullable String upperLayer,
        @Nullable Long dropped,
        @Nullable TcpInfo info) {

    /** A socket of which no more than /proc tells is known. */
    public TcpSocket(
            Family family,
            TcpState state,
            Endpoint local,
            Endpoint remote,
            long recvQ,
            long sendQ,
            SocketTimer timer,
            long uid,
            long inode,
            @Nullable Boolean v6Only) {
        this(family, state, local, remote, recvQ, sendQ, timer, uid, inode, v6Only, 0, 0, null, null, null);
    }

    /** The same with another end here, and of another user. */
    public TcpSocket with(Endpoint end, long user) {
        return new TcpSocket(
                family,
                state,
                end,
                remote,
                recvQ,
                sendQ,
                timer,
                user,
                inode,
                v6Only,
                device,
                cookie,
                upperLayer,
                dropped,
                info);
    }

    /** Of what tells it from others: a port may have a hundred thousand sockets, and each is looked up several times. */
    @Override
    public int hashCode() {
        return cookie != 0 ? Long.hashCode(cookie) : 31 * local.hashCode() + remote.hashCode();
    }

    /** Whether both ends are the same address and port: a client that connected to itself (RFC 9293, section 3.5, figure 8). */
    public boolean selfConnected() {
        return state != TcpState.LISTEN && local.port() == remote.port() && local.equals(remote);
    }

    /** Whether it is bound, and neither listens nor is connected; {@link TcpState#CLOSED} is what the kernel calls it. */
    public boolean boundOnly() {
        return state == TcpState.CLOSED;
    }

    /** The far end; empty for a socket that has none, which is one that listens or is only bound. */
    public Optional<Endpoint> peer() {
        return state == TcpState.LISTEN || boundOnly() ? Optional.empty() : Optional.of(remote);
    }

    /** The state as people know it: {@code BOUND} for a socket that is only bound, else the name of the state. */
    public String stateName() {
        return boundOnly() ? "BOUND" : state.name();
    }

    /** Whether it is the listener, or a connection, of an MPTCP socket; false also where {@code upperLayer} could not be seen. */
    public boolean multipath() {
        return "mptcp".equals(upperLayer);
    }
}
