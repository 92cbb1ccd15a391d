package dev.rebind.experiment.workload;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A workload in the experiment's namespace. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WorkloadRef(
        @JsonPropertyDescription("Kind of the workload.") WorkloadKind kind,

        @JsonPropertyDescription("Name of the workload.") String name,

        @JsonPropertyDescription(
                "Container that runs the server, in a pod without an agent. Default: the pod's only one.")
        @Nullable
        String container,

        @JsonPropertyDescription(
                "Port that the server binds, in a pod without an agent. Default: the only port that the container names.")
        @Range(min = 1, max = 65_535)
        @Nullable
        Integer port,

        @JsonPropertyDescription(
                "Command that ends the main process of the container, with restart.mode container and no agent. Default: sh -c 'kill 1'.")
        @Nullable
        List<String> stopCommand) {}
