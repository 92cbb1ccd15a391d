package dev.rebind.experiment.workload;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** How a new container receives the value of SO_REUSEADDR. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Toggle(
        @JsonPropertyDescription(
                "A key of a ConfigMap in the experiment's namespace. The controller patches it before it starts a container, and restores its former value when the experiment is paused, over or deleted.")
        ConfigMapKey configMapKeyRef) {}
