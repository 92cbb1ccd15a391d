package dev.rebind.experiment.restart;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** Something else that occupies the port when the new generation starts. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Obstacle(
        @JsonPropertyDescription(
                "What is on the port: listener (of another program), outgoing (another program's connection from that port to elsewhere), self-connect (a client that connected to itself).")
        ObstacleKind kind,

        @JsonPropertyDescription("Its local address. Default: the target's.") @Nullable
        String address,

        @JsonPropertyDescription("Its SO_REUSEADDR. Default: false.") @Nullable
        Boolean reuseAddress,

        @JsonPropertyDescription("Its SO_REUSEPORT. Default: false.") @Nullable
        Boolean reusePort) {}
