package dev.rebind.experiment;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One document of an experiment file; the same text is a Kubernetes resource. */
public record Experiment(String apiVersion, String kind, Metadata metadata, ExperimentSpec spec) {
    public static final String API_VERSION = "rebind.dev/v1alpha1";
    public static final String KIND = "RebindExperiment";

    /** Label whose value {@code long} keeps an experiment out of the tour. */
    public static final String TOUR_LABEL = "rebind.dev/tour";

    public record Metadata(
            @JsonPropertyDescription("Name of the experiment, an RFC 1123 label.")
            String name,

            @Nullable String namespace,
            @Nullable Map<String, String> labels,
            @Nullable Map<String, String> annotations) {}
}
