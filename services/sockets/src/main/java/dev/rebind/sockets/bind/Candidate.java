package dev.rebind.sockets.bind;

import dev.rebind.sockets.Family;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * A socket that wants to bind and listen.
 *
 * @param family the socket's; an IPv4 address on an IPv6 socket is an IPv4-mapped one, but for 0.0.0.0, which is [::], as the
 *     JDK has it
 * @param v6Only IPV6_V6ONLY; of no meaning for IPv4
 * @param uid of the socket: of the thread that made it, or of a later fchown (sk_uid)
 * @param device index of the interface of SO_BINDTODEVICE, 0 for none (sk_bound_dev_if). The members of a VRF have ports of
 *     their own, which this rule does not know of
 */
public record Candidate(
        Family family,
        InetAddress address,
        boolean v6Only,
        boolean reuseAddress,
        boolean reusePort,
        long uid,
        int device) {
    /** Bound to no device, but for a link-local address with a scope: bind makes that its device (__inet6_bind). */
    public Candidate(
            Family family, InetAddress address, boolean v6Only, boolean reuseAddress, boolean reusePort, long uid) {
        this(family, address, v6Only, reuseAddress, reusePort, uid, scope(address));
    }

    public Candidate withReuseAddress(boolean on) {
        return new Candidate(family, address, v6Only, on, reusePort, uid, device);
    }

    public Candidate withReusePort(boolean on) {
        return new Candidate(family, address, v6Only, reuseAddress, on, uid, device);
    }

    public Candidate withDevice(int index) {
        return new Candidate(family, address, v6Only, reuseAddress, reusePort, uid, index);
    }

    private static int scope(InetAddress address) {
        return address instanceof Inet6Address six && six.isLinkLocalAddress() ? six.getScopeId() : 0;
    }
}
