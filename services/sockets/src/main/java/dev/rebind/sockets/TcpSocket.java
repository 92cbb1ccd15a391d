package dev.rebind.sockets;

import org.jspecify.annotations.Nullable;

/**
 * One TCP socket as the kernel shows it.
 *
 * @param recvQ bytes received and not yet read; for a listener, connections that wait to be accepted
 * @param sendQ bytes not yet acknowledged; for a listener, its backlog (0 from /proc, which does not tell it)
 * @param uid the owner's user id; 0 for a socket without an owner, see {@code inode}
 * @param inode the socket's inode; 0 once no process holds it (TIME_WAIT, FIN_WAIT_2 and the like of a closed socket)
 * @param v6Only IPV6_V6ONLY of an IPv6 listener; null where the source does not tell (/proc, other states, IPv4)
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
        @Nullable Boolean v6Only) {

    /** Whether both ends are the same address and port: a client that connected to itself (RFC 9293, section 3.5, figure 8). */
    public boolean selfConnected() {
        return state != TcpState.LISTEN && local.equals(remote);
    }
}
