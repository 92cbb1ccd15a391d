package dev.rebind.record.bind;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.record.schema.Constraint;

/** A change that lets a server bind at once, or that prevents the failure from happening again. */
public record RecordedRemedy(
        @JsonPropertyDescription("Its name, as in the JSON of rebind why.") @Constraint(pattern = "[a-z0-9_]+")
        String kind,

        @JsonPropertyDescription("now: it lets a server bind at once; later: it keeps the failure from coming back.")
        @Constraint(oneOf = {"now", "later"})
        String when,

        @Constraint(pattern = ".+") String text) {}
