package dev.rebind.experiment.restart;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.PlainFlag;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of: value; sequence (generation 1, 2, ...; repeated); matrix (each old with each new: four cycles). */
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
