package dev.rebind.experiment.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.workload.WorkloadRef;
import org.jspecify.annotations.Nullable;

/** The server to restart. Exactly one of these is set. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Target(
        @JsonPropertyDescription("Rebind's own server.") @Nullable
        BuiltinServer server,

        @JsonPropertyDescription(
                "Kubernetes only: the workload whose pod runs the server. Default: the chart's own, where the namespace has one.")
        @Nullable
        WorkloadRef workloadRef,

        @JsonPropertyDescription(
                "Lab only: any server, by the command that starts it; needs rebind run --allow-commands.")
        @Nullable
        Command command) {}
