package dev.rebind.record.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.record.schema.Constraint;
import org.jspecify.annotations.Nullable;

/** A listener as read from its live socket; an option that could not be read is absent. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Listening(
        @JsonPropertyDescription("Its address and port.") String local,

        @JsonPropertyDescription("SO_REUSEADDR.") @Nullable Boolean reuseAddress,

        @JsonPropertyDescription("SO_REUSEPORT.") @Nullable Boolean reusePort,

        @JsonPropertyDescription("Whether programs that the server starts inherit the listener.") @Nullable
        Boolean inheritable,

        @JsonPropertyDescription("How many processes had it.") @Constraint(min = 0)
        int holders) {}
