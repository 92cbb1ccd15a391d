package dev.rebind.engine;

/**
 * Where clients in a cluster connect.
 *
 * @param address a literal IPv4 or IPv6 address
 * @param port 1 to 65535
 * @param othersAnswer whether other servers than the restarted one may answer there too
 */
public record ClientRoute(String address, int port, Way way, boolean othersAnswer) {
    /** What stands at the address. */
    public enum Way {
        /** The server's pod. */
        pod,
        /** A Service: each connection is sent to one of its ready endpoints, and refused where it has none. */
        service,
        /** The node's port, which is mapped to the pod's. */
        hostPort,
        /** Whatever a URL leads to. */
        url
    }

    /** Whether a refusal shows that the server itself did not listen. */
    public boolean isDirect() {
        return switch (way) {
            case pod, hostPort -> true;
            case service, url -> false;
        };
    }
}
