package dev.rebind.experiment.restart;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.PlainFlag;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SO_REUSEADDR of the generations. Exactly one is set: value; sequence (generation 1, 2, ..., repeated); or matrix (each old value with
 * each new one: four cycles).
 */
@PlainFlag("value")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ReuseAddress(
        @JsonPropertyDescription("The same for every generation.") @Nullable
        Boolean value,

        @JsonPropertyDescription(
                "Generation by generation; n values make n - 1 cycles, repeated when cycles asks for more.")
        @Nullable
        List<Boolean> sequence,

        @JsonPropertyDescription("true: old x new, four cycles.") @Nullable
        Boolean matrix) {}
