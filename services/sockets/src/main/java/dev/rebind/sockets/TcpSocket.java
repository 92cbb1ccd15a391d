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

    /** For the withers: what none of them changes is that of the former socket. */
    private TcpSocket(
            TcpSocket former,
            Family family,
            TcpState state,
            Endpoint local,
            long recvQ,
            long sendQ,
            SocketTimer timer,
            long uid,
            long inode,
            @Nullable Boolean v6Only,
            int device,
            @Nullable TcpInfo info) {
        this(
                family,
                state,
                local,
                former.remote,
                recvQ,
                sendQ,
                timer,
                uid,
                inode,
                v6Only,
                device,
                former.cookie,
                former.upperLayer,
                former.dropped,
                info);
    }

    /**
     * A socket of which no more is known: its family is that of its own address, nothing is in its queues, no timer runs, and no
     * process holds it. An IPv6 socket with IPv4 addresses is made with {@link #withFamily}.
     */
    public static TcpSocket of(TcpState state, Endpoint local, Endpoint remote) {
        return new TcpSocket(
                Family.of(local.address()),
                state,
                local,
                remote,
                0,
                0,
                SocketTimer.NONE,
                0,
                0,
                null,
                0,
                0,
                null,
                null,
                null);
    }

    public TcpSocket withFamily(Family family) {
        return new TcpSocket(this, family, state, local, recvQ, sendQ, timer, uid, inode, v6Only, device, info);
    }

    public TcpSocket withState(TcpState state) {
        return new TcpSocket(this, family, state, local, recvQ, sendQ, timer, uid, inode, v6Only, device, info);
    }

    public TcpSocket withLocal(Endpoint local) {
        return new TcpSocket(this, family, state, local, recvQ, sendQ, timer, uid, inode, v6Only, device, info);
    }

    public TcpSocket withRecvQ(long recvQ) {
        return new TcpSocket(this, family, state, local, recvQ, sendQ, timer, uid, inode, v6Only, device, info);
    }

    public TcpSocket withSendQ(long sendQ) {
        return new TcpSocket(this, family, state, local, recvQ, sendQ, timer, uid, inode, v6Only, device, info);
    }

    public TcpSocket withTimer(SocketTimer timer) {
        return new TcpSocket(this, family, state, local, recvQ, sendQ, timer, uid, inode, v6Only, device, info);
    }

    public TcpSocket withUid(long uid) {
        return new TcpSocket(this, family, state, local, recvQ, sendQ, timer, uid, inode, v6Only, device, info);
    }

    public TcpSocket withInode(long inode) {
        return new TcpSocket(this, family, state, local, recvQ, sendQ, timer, uid, inode, v6Only, device, info);
    }

    public TcpSocket withV6Only(boolean v6Only) {
        return new TcpSocket(this, family, state, local, recvQ, sendQ, timer, uid, inode, v6Only, device, info);
    }

    public TcpSocket withDevice(int device) {
        return new TcpSocket(this, family, state, local, recvQ, sendQ, timer, uid, inode, v6Only, device, info);
    }

    public TcpSocket withInfo(TcpInfo info) {
        return new TcpSocket(this, family, state, local, recvQ, sendQ, timer, uid, inode, v6Only, device, info);
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
