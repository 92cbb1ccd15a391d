package dev.rebind.experiment.restart;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.GoDuration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a server is restarted. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Restart(
        @JsonPropertyDescription(
                "listener (close and listen again in one process), process (end it, start it again); Kubernetes only: container (its main process ends, the kubelet starts it again), pod (evicted, its owner makes it again), rollout (an annotation of the workload's template changes, and the workload replaces its pods by its own strategy). Default: process.")
        @Nullable
        Mode mode,

        @JsonPropertyDescription(
                "Who closes the connections, and how: server (FIN), client (first), reset (SO_LINGER 0), kill (SIGKILL), stall (the server closes, the clients have stopped reading and never close), keep (connections stay open in processes of their own), none (the old generation is still there). Default: server.")
        @Nullable
        Close close,

        @JsonPropertyDescription("How long the old generation may take to stop. Default: 5s.")
        @GoDuration.Text
        @Nullable
        Duration gracePeriod,

        @JsonPropertyDescription("Pause between the end of a cycle and the next. Default: 0s.")
        @GoDuration.Text
        @Nullable
        Duration interval,

        @JsonPropertyDescription(
                "Kubernetes only, mode pod: delete the pod even if a PodDisruptionBudget forbids it. Default: false.")
        @Nullable
        Boolean ignoreDisruptionBudget) {}
