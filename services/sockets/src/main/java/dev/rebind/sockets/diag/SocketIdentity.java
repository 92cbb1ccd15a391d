package dev.rebind.sockets.diag;

import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;

/** Whether two sights of a socket are of one. */
final class SocketIdentity {
    private SocketIdentity() {}

    static boolean sameAddresses(TcpSocket one, TcpSocket other) {
        return one.family() == other.family()
                && one.local().equals(other.local())
                && one.remote().equals(other.remote());
    }

    /** The same socket by its cookie, or by its inode where a cookie is not known. */
    static boolean same(TcpSocket one, TcpSocket other) {
        boolean cookies = one.cookie() != 0 && other.cookie() != 0;
        boolean sameInode = sameAddresses(one, other) && one.inode() == other.inode();
        return cookies ? one.cookie() == other.cookie() : sameInode;
    }

    /**
     * Whether a later sight at the same addresses is of the same connection, and not of one that has taken its place: a full
     * socket goes on as a timewait socket with another cookie (tcp_time_wait in {@code net/ipv4/tcp_minisocks.c}), and
     * every other step keeps it.
     */
    static boolean sameConnection(TcpSocket before, TcpSocket now) {
        if (before.cookie() == 0 || now.cookie() == 0 || before.cookie() == now.cookie()) {
            return true;
        }
        return timewait(now) && !timewait(before);
    }

    /** A timewait socket stands in for TIME_WAIT, and for the FIN_WAIT_2 of a connection whose process has closed it. */
    private static boolean timewait(TcpSocket socket) {
        return socket.state() == TcpState.TIME_WAIT
                || (socket.state() == TcpState.FIN_WAIT_2 && socket.timer().kind() == SocketTimer.Kind.TIME_WAIT);
    }
}
