package dev.rebind.operator.workload;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** What is in the namespace of a target beside it. Asked for only where clients do not connect to the pod itself. */
interface TargetNamespace {
    List<Service> services();

    /** All pods; with none, no other pod is behind a Service. */
    default List<Pod> pods() {
        return List.of();
    }

    /** Where a URL may lead. */
    default ClientHosts hosts() {
        return ClientHosts.NONE;
    }

    /** The first address of a host; empty where none is found. Blocks. */
    default Optional<InetAddress> address(String host) {
        return Optional.empty();
    }
}
