package dev.rebind.sockets.diag;

import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.netlink.NetlinkSocket;
import dev.rebind.sockets.netlink.NetlinkSocket.Protocol;
import dev.rebind.sockets.netlink.ReplyStatus;
import dev.rebind.sockets.posix.PosixException;
import java.util.List;

/** A netlink socket of the sock_diag family, for one thread at a time, and for that alone which opened it unless it is {@link #shared}. */
final class DiagSocket implements AutoCloseable {
    private final NetlinkSocket netlink;

    @SuppressWarnings("MustBeClosedChecker") // it is closed with this one
    DiagSocket() throws PosixException {
        this(new NetlinkSocket(Protocol.SOCK_DIAG));
    }

    private DiagSocket(NetlinkSocket netlink) {
        this.netlink = netlink;
    }

    /** One that threads may hand to each other; closing it takes longer. */
    @SuppressWarnings("MustBeClosedChecker") // it is closed with this one
    static DiagSocket shared() throws PosixException {
        return new DiagSocket(NetlinkSocket.shared(Protocol.SOCK_DIAG));
    }

    /** Sends a request and reads the answer to its end. */
    ReplyStatus exchange(byte[] request, int sequence, List<TcpSocket> into) throws PosixException {
        return netlink.exchange(request, sequence, DiagParser.sockets(into));
    }

    /** Sends a request for one socket, whose answer has no end: it is the socket, or an error. */
    ReplyStatus ask(byte[] request, int sequence, List<TcpSocket> into) throws PosixException {
        return netlink.exchange(request, sequence, DiagParser.sockets(into), () -> !into.isEmpty());
    }

    @Override
    public void close() {
        netlink.close();
    }
}
