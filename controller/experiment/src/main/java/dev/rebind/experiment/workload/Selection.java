package dev.rebind.experiment.workload;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.Range;
import org.jspecify.annotations.Nullable;

/** Selects pods of a workload. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Selection(
        @JsonPropertyDescription(
                "one, all (of a DaemonSet: one on each of its nodes), count (as many as value says) or percent (value percent of them, rounded up).")
        SelectionMode mode,

        @JsonPropertyDescription("The count, or the percentage.") @Range(min = 1, max = 1_000) @Nullable
        Integer value) {}
