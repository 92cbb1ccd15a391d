package dev.rebind.operator.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.record.Json;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pod whose listeners are audited.
 *
 * @param nodeUid the pod's name in the cgroups of its node, which is its uid or, for a static pod, the kubelet's hash
 * @param containers the names of the containers, by the ids that the runtime gave them
 */
record AuditedPod(
        String namespace, String name, String uid, String nodeUid, String node, Map<String, String> containers) {
    /**
     * The annotation of a mirror pod, which stands for a static pod at the API server. Its value is the kubelet's own name
     * of the static pod.
     */
    private static final String MIRROR = "kubernetes.io/config.mirror";

    AuditedPod {
        containers = Map.copyOf(containers);
    }

    /** Reads a pod; empty if the pod has no node yet or does not run. */
    static Optional<AuditedPod> of(Pod pod) {
        String node = pod.getSpec() == null ? null : pod.getSpec().getNodeName();
        if (node == null
                || pod.getStatus() == null
                || !"Running".equals(pod.getStatus().getPhase())) {
            return Optional.empty();
        }
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        String uid = pod.getMetadata().getUid();
        var containers = new HashMap<String, String>();
        Stream.of(
                        pod.getStatus().getContainerStatuses(),
                        pod.getStatus().getInitContainerStatuses(),
                        pod.getStatus().getEphemeralContainerStatuses())
                .flatMap(List::stream)
                .filter(status -> status.getContainerID() != null)
                .forEach(status -> containers.put(id(status), status.getName()));
        return Optional.of(new AuditedPod(
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                uid,
                annotations == null ? uid : annotations.getOrDefault(MIRROR, uid),
                node,
                containers));
    }

    /** Returns the container's id without the runtime's name in front ({@code containerd://…}). */
    private static String id(ContainerStatus status) {
        String id = status.getContainerID();
        return id.substring(id.indexOf("://") < 0 ? 0 : id.indexOf("://") + 3);
    }

    ObjectNode json() {
        return Json.mapper()
                .createObjectNode()
                .put("namespace", namespace)
                .put("name", name)
                .put("uid", uid)
                .put("node", node);
    }

    /**
     * Returns the name of the container with this id; null if the pod no longer has such a container, for example
     * because it was replaced.
     */
    @Nullable
    String container(String id) {
        return containers.get(id);
    }
}
