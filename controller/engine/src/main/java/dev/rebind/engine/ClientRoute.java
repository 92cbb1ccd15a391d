package dev.rebind.engine;

import org.jspecify.annotations.Nullable;

/**
 * The address and port to which clients in a cluster connect, and what stands there.
 *
 * @param address a literal IPv4 or IPv6 address
 * @param port 1 to 65535
 * @param othersAnswer whether servers other than the restarted one may answer there too
 * @param service the name of the Service whose EndpointSlices tell where it sends connections from any node; null if there is none
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
        /** A Service. It sends each connection to one of its ready endpoints; without any, the connection is refused. */
        service,
        /** A port of the node, which is mapped to the pod's port. */
        hostPort,
        /** Any server that the URL leads to. */
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
