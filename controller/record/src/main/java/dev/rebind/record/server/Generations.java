package dev.rebind.record.server;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.rebind.record.schema.Constraint;

/** Numbers of the old and the new generation. */
public record Generations(
        @Constraint(min = 1) int old,

        @Constraint(min = 1) @JsonProperty("new") int fresh) {}
