package dev.rebind.experiment.restart;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.PlainFlag;

/** SO_REUSEADDR of two generations. */
@PlainFlag({"old", "new"})
public record ReusePair(
        @JsonPropertyDescription("SO_REUSEADDR of the old generation.")
        boolean old,

        @JsonProperty("new") @JsonPropertyDescription("SO_REUSEADDR of the new generation.")
        boolean fresh) {}
