package dev.rebind.sockets.bind;

import dev.rebind.sockets.TcpSocket;
import java.util.OptionalLong;

/**
 * A socket that is on the port already, with its options as far as they are known. A socket that was accepted has the
 * options that its listener had at the time.
 *
 * @param v6Only IPV6_V6ONLY; a socket bound to an IPv6 address that is not the wildcard has it on (__inet6_bind), one
 *     accepted by a dual-stack listener has it off
 * @param uid of its process; empty where not known
 */
public record Standing(TcpSocket socket, Flag reuseAddress, Flag reusePort, Flag v6Only, OptionalLong uid) {
    /** The uid is that which the kernel shows; without an inode it shows 0 whoever the owner was. */
    public Standing(TcpSocket socket, Flag reuseAddress, Flag reusePort, Flag v6Only) {
        this(
                socket,
                reuseAddress,
                reusePort,
                v6Only,
                socket.inode() == 0 ? OptionalLong.empty() : OptionalLong.of(socket.uid()));
    }

    public Standing withReuseAddress(boolean on) {
        return new Standing(socket, Flag.of(on), reusePort, v6Only, uid);
    }

    public Standing withReusePort(boolean on) {
        return new Standing(socket, reuseAddress, Flag.of(on), v6Only, uid);
    }

    public Standing withUid(long uid) {
        return new Standing(socket, reuseAddress, reusePort, v6Only, OptionalLong.of(uid));
    }
}
