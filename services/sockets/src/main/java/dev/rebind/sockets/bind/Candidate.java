package dev.rebind.sockets.bind;

import dev.rebind.sockets.Family;
import java.net.InetAddress;

/**
 * A socket that wants to bind and listen.
 *
 * @param family the socket's; an IPv4 address on an IPv6 socket is an IPv4-mapped one, but for 0.0.0.0, which is [::], as the
 *     JDK has it
 * @param v6Only IPV6_V6ONLY; of no meaning for IPv4
 * @param uid of its process
 */
public record Candidate(
        Family family, InetAddress address, boolean v6Only, boolean reuseAddress, boolean reusePort, long uid) {
    public Candidate withReuseAddress(boolean on) {
        return new Candidate(family, address, v6Only, on, reusePort, uid);
    }

    public Candidate withReusePort(boolean on) {
        return new Candidate(family, address, v6Only, reuseAddress, on, uid);
    }
}
