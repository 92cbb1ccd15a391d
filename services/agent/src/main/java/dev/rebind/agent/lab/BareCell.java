package dev.rebind.agent.lab;

/**
 * Two bare sockets on one port: what an old one leaves, and a new one that binds and listens.
 *
 * @param port 1 to 65535, with nothing on it
 * @param simultaneous both bind, then the old one listens, then the new one; with {@link Left#BOUND} only
 */
public record BareCell(Old old, Fresh fresh, int port, boolean simultaneous) {
    public BareCell {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 1 to 65535");
        }
        if (simultaneous && old.left() != Left.BOUND) {
            throw new IllegalArgumentException(
                    "two sockets at the same moment: the old one is BOUND, not " + old.left());
        }
    }

    /**
     * @param address a literal; an IPv6 one makes a dual-stack socket unless {@code v6Only}
     * @param connectTo the address to which a client connects to make what is left
     */
    public record Old(
            String address, boolean v6Only, boolean reuseAddress, boolean reusePort, Left left, String connectTo) {}

    /** @param address a literal; an IPv6 one makes a dual-stack socket unless {@code v6Only} */
    public record Fresh(String address, boolean v6Only, boolean reuseAddress, boolean reusePort) {}

    /** What stands on the port when the new socket comes; but for {@code NONE}, the state of the old side's socket. */
    public enum Left {
        NONE,
        /** Bound and not listening. */
        BOUND,
        LISTEN,
        ESTABLISHED,
        CLOSE_WAIT,
        FIN_WAIT_2,
        TIME_WAIT
    }
}
