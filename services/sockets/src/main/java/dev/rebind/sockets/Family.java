package dev.rebind.sockets;

/** The address family that a socket was made with. A dual-stack socket is {@link #IPV6} with IPv4-mapped addresses. */
public enum Family {
    /** {@code AF_INET}. */
    IPV4,
    /** {@code AF_INET6}. */
    IPV6
}
