package dev.rebind.agent.lab;

/**
 * Two bare sockets on one port: an old one that leaves something, and a new one that binds and listens.
 *
 * @param port 1 to 65535, with nothing on it
 * @param simultaneous whether both bind first, then the old one listens, then the new one; only with {@link Left#BOUND}
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
     * @param address a literal; an IPv6 address makes a dual-stack socket unless {@code v6Only}
     * @param connectTo the address to which a client connects to produce the leftover
     */
    public record Old(
            String address, boolean v6Only, boolean reuseAddress, boolean reusePort, Left left, String connectTo) {}

    /** @param address a literal; an IPv6 address makes a dual-stack socket unless {@code v6Only} */
    public record Fresh(String address, boolean v6Only, boolean reuseAddress, boolean reusePort) {}

    /** What is on the port when the new socket comes. All values but {@code NONE} are the state of the old side's socket. */
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
