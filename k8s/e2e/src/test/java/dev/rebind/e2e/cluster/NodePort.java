package dev.rebind.e2e.cluster;

/** Ports of the nodes: one for each lane's server on the network of a node, and one for each agent there. */
public enum NodePort {
    COUNTS(0),
    COUNTS_AGENT(1),
    WAITS(2),
    WAITS_AGENT(3),
    CLEAR(4),
    CLEAR_AGENT(5),
    HOST_NETWORK(6),
    HOST_NETWORK_AGENT(7),
    HOST_PORT(8),
    TARGETS(9),
    SERVERS_POD(10),
    SERVERS_HOST_PORT(11),
    SERVERS_HOST_NETWORK(12),
    MONITORING(13),
    MONITORING_AGENT(14),
    FIGURES(15),
    FIGURES_AGENT(16),
    TARGETS_HTTPS(17);

    /** How many ports the documentation reserves, from FIRST_PORT on. */
    public static final int RESERVED = 20;

    private final int offset;

    NodePort(int offset) {
        this.offset = offset;
    }

    int offset() {
        return offset;
    }

    public int number() {
        return Settings.current().firstPort() + offset;
    }
}
