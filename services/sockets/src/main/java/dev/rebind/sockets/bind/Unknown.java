package dev.rebind.sockets.bind;

/** A fact that the answer of {@link BindRule} depends on, where nobody knows it. */
public enum Unknown {
    /** SO_REUSEADDR of a standing socket. */
    REUSE_ADDRESS,
    /** SO_REUSEPORT of a standing socket. */
    REUSE_PORT,
    /** IPV6_V6ONLY of a standing socket. */
    V6_ONLY,
    /** The user of a standing socket, or of the listener that has accepted it. */
    USER,
    /** SO_BINDTODEVICE of a standing socket. */
    DEVICE,
    /** How the kernel compares IPv4-mapped addresses. */
    MAPPED,
    /** Which of the standing sockets was bound last, see {@link BindBucket}. */
    ORDER
}
