package dev.rebind.e2e.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.OptionalDouble;

/** The memory of the controller's container that cannot be taken back, as the kubelet has it. */
public final class ControllerMemory {
    private static final double MEBIBYTE = 1 << 20;

    private ControllerMemory() {}

    /** Empty where the kubelet does not say. */
    public static OptionalDouble mebibytes(Release release) {
        Pod pod = release.pod("controller");
        JsonNode summary;
        try {
            summary = Cluster.json("/api/v1/nodes/" + pod.getSpec().getNodeName() + "/proxy/stats/summary");
        } catch (KubernetesClientException | BrokenException e) {
            return OptionalDouble.empty();
        }
        for (JsonNode one : summary.path("pods")) {
            JsonNode bytes = one.path("containers").path(0).path("memory").path("workingSetBytes");
            if (one.path("podRef").path("uid").asText().equals(Pods.uid(pod)) && bytes.isNumber()) {
                return OptionalDouble.of(bytes.asDouble() / MEBIBYTE);
            }
        }
        return OptionalDouble.empty();
    }
}
