package dev.rebind.sockets.bind;

import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A socket that is on the port already, with its options as far as they are known. A socket that was accepted has the
 * options that its listener had at the time, its device included. A socket that is bound and does nothing is one in CLOSED.
 *
 * @param v6Only IPV6_V6ONLY; a socket bound to an IPv6 address that is not the wildcard has it on (__inet6_bind), one
 *     accepted by a dual-stack listener has it off
 * @param uid of the socket; empty where not known. An accepted socket has that of the thread that accepted it
 * @param device index of the interface of SO_BINDTODEVICE, 0 for none; empty where not known
 */
public record ExistingSocket(
        TcpSocket socket, Flag reuseAddress, Flag reusePort, Flag v6Only, OptionalLong uid, OptionalInt device) {
    /** The uid is that which the kernel shows; without an inode it shows 0 whoever the owner was. The device is not known. */
    public ExistingSocket(TcpSocket socket, Flag reuseAddress, Flag reusePort, Flag v6Only) {
        this(
                socket,
                reuseAddress,
                reusePort,
                v6Only,
                socket.inode() == 0 ? OptionalLong.empty() : OptionalLong.of(socket.uid()),
                OptionalInt.empty());
    }

    public ExistingSocket withReuseAddress(boolean on) {
        return new ExistingSocket(socket, Flag.of(on), reusePort, v6Only, uid, device);
    }

    public ExistingSocket withReusePort(boolean on) {
        return new ExistingSocket(socket, reuseAddress, Flag.of(on), v6Only, uid, device);
    }

    public ExistingSocket withUid(long uid) {
        return new ExistingSocket(socket, reuseAddress, reusePort, v6Only, OptionalLong.of(uid), device);
    }

    public ExistingSocket withDevice(int index) {
        return new ExistingSocket(socket, reuseAddress, reusePort, v6Only, uid, OptionalInt.of(index));
    }

    /**
     * Whether it is in the table of bound ports at all: a connection request is not. One of IPv4 or IPv6 is shown as
     * SYN_RECEIVED without an inode; a socket of that state with one comes from a simultaneous open, and counts.
     */
    boolean holdsPort() {
        return socket.state() != TcpState.NEW_SYN_RECV
                && (socket.state() != TcpState.SYN_RECEIVED || socket.inode() != 0);
    }

    /** What the kernel keeps as a small timewait socket: TIME_WAIT, and FIN_WAIT_2 without an owner (tcp_time_wait). */
    boolean timeWait() {
        return socket.state() == TcpState.TIME_WAIT
                || (socket.state() == TcpState.FIN_WAIT_2 && socket.timer().kind() == SocketTimer.Kind.TIME_WAIT);
    }

    /** Whether bind was called on it; on a connection that was accepted it was not, but on its listener. */
    boolean boundItself() {
        return socket.state() == TcpState.LISTEN || socket.state() == TcpState.CLOSED;
    }
}
