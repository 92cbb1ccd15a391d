package dev.rebind.engine;

import org.jspecify.annotations.Nullable;

/**
 * Where clients in a cluster connect.
 *
 * @param address a literal IPv4 or IPv6 address
 * @param port 1 to 65535
 * @param othersAnswer whether other servers than the restarted one may answer there too
 * @param service name of the Service whose EndpointSlices say where it sends connections from any node; null where none do
 */
public record ClientRoute(
        String address,
        int port,
        Way way,
        boolean othersAnswer,
        @Nullable String service) {
    public ClientRoute(String address, int port, Way way, boolean othersAnswer) {
        this(address, port, way, othersAnswer, null);
    }

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
