package dev.rebind.sockets;

import java.net.Inet4Address;
import java.net.InetAddress;

/** The address family that a socket was made with. A dual-stack socket is {@link #IPV6} with IPv4-mapped addresses. */
public enum Family {
    /** {@code AF_INET}. */
    IPV4,
    /** {@code AF_INET6}. */
    IPV6;

    /** Of a socket that is made for this address alone. */
    public static Family of(InetAddress address) {
        return address instanceof Inet4Address ? IPV4 : IPV6;
    }
}
