package dev.rebind.experiment.workload;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** A key of a ConfigMap, and its values for SO_REUSEADDR on and off. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConfigMapKey(
        @JsonPropertyDescription("Name of the ConfigMap.") String name,

        @JsonPropertyDescription("The key.") String key,

        @JsonPropertyDescription("Its value for SO_REUSEADDR on. Default: true.") @Nullable
        String on,

        @JsonPropertyDescription("Its value for SO_REUSEADDR off. Default: false.") @Nullable
        String off) {}
