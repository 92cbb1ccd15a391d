package dev.rebind.experiment.cells;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.expect.Expect;
import org.jspecify.annotations.Nullable;

/** Two bare sockets on one port: the old one is there already, and the new one is to bind and listen. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Cell(
        @JsonPropertyDescription("A few words for the report.") @Nullable
        String name,

        @JsonPropertyDescription("The socket that is on the port first.")
        BareSocket old,

        @JsonProperty("new") @JsonPropertyDescription("The socket that wants to bind and listen.")
        BareSocket fresh,

        @JsonPropertyDescription(
                "With old.state BOUND: both bind, then the old one listens, then the new one, as when two servers start at the same moment. Default: false.")
        @Nullable
        Boolean simultaneous,

        @JsonPropertyDescription("outcome, cause and call of the new socket. Default: what the kernel's rule says.")
        @Nullable
        Expect expect) {}
