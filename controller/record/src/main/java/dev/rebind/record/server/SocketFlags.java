package dev.rebind.record.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** Options of the listener of a workload without Rebind's agent. The agent of the node read them from the live socket. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SocketFlags(
        @JsonPropertyDescription("SO_REUSEADDR; absent where it was not read.") @Nullable
        Boolean reuseAddress,

        @JsonPropertyDescription("SO_REUSEPORT; absent where it was not read.") @Nullable
        Boolean reusePort,

        @JsonPropertyDescription("Why they were not read, such as the right that is missing; absent where they were.")
        @Nullable
        String unread) {}
