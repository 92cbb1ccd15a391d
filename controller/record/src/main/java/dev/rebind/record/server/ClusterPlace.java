package dev.rebind.record.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.record.schema.Constraint;
import org.jspecify.annotations.Nullable;

/** Where in a cluster a cycle ran. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClusterPlace(
        String namespace,
        String pod,

        @JsonPropertyDescription("Container of the pod that has the server.") @Nullable
        String container,

        @Nullable String node,

        @JsonPropertyDescription("Network of the pod: hostNetwork, hostPort or pod.")
        @Constraint(oneOf = {"hostNetwork", "hostPort", "pod"})
        @Nullable
        String network,

        @JsonPropertyDescription(
                "Whether the new generation had another network namespace than the old one: what was left on the port stayed behind in the old one.")
        @Nullable
        Boolean freshNamespace,

        @JsonPropertyDescription(
                "From the order to end the old container until the agent in the new one answered, in ms: the kubelet's time and its back-off, not the port's.")
        @Constraint(min = 0)
        @Nullable
        Double containerStartMs,

        @JsonPropertyDescription(
                "Whether the kubelet was seen to hold the start of the new container back during that time, as it does with a container that has ended again and again (CrashLoopBackOff). Absent where it was not seen to.")
        @Nullable
        Boolean backOff,

        @JsonPropertyDescription(
                "Options of the old generation's listener, read right before the stop; of a workload without Rebind's agent.")
        @Nullable
        SocketFlags oldListener,

        @JsonPropertyDescription("The same of the new generation's listener; absent where it was not bound.") @Nullable
        SocketFlags newListener) {
    public ClusterPlace(
            String namespace,
            String pod,
            @Nullable String container,
            @Nullable String node,
            @Nullable String network,
            @Nullable Boolean freshNamespace,
            @Nullable Double containerStartMs,
            @Nullable Boolean backOff) {
        this(namespace, pod, container, node, network, freshNamespace, containerStartMs, backOff, null, null);
    }
}
