package dev.rebind.record.bind;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.schema.Constraint;
import org.jspecify.annotations.Nullable;

/** What the kernel's rule says must happen. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Expected(
        Outcome outcome,

        @Constraint(oneOf = {"bind", "listen"}) @Nullable String call) {}
