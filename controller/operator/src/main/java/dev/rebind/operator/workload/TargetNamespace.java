package dev.rebind.operator.workload;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Reads what else is in a target's namespace. Only a route that does not lead clients to the pod itself, or a search
 * for the server's protocol, needs it.
 */
interface TargetNamespace {
    List<Service> services();

    /** Returns all pods of the namespace. An empty list means that no other pod is behind a Service. */
    default List<Pod> pods() {
        return List.of();
    }

    /** Returns the hosts to which a URL may send clients. */
    default ClientHosts hosts() {
        return ClientHosts.NONE;
    }

    /** Looks up the first address of a host; empty if there is none. Blocks. */
    default Optional<InetAddress> address(String host) {
        return Optional.empty();
    }
}
