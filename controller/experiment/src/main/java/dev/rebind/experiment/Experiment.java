package dev.rebind.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One document of an experiment file; the same text is a Kubernetes resource. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Experiment(
        @JsonPropertyDescription("rebind.dev/v1alpha1.") String apiVersion,
        @JsonPropertyDescription("RebindExperiment.") String kind,
        @JsonPropertyDescription("Name and labels.") Metadata metadata,
        @JsonPropertyDescription("What to do.") ExperimentSpec spec) {
    public static final String API_VERSION = "rebind.dev/v1alpha1";
    public static final String KIND = "RebindExperiment";

    /** Label of an experiment. The value {@code long} keeps the experiment out of the tour. */
    public static final String TOUR_LABEL = "rebind.dev/tour";

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Metadata(
            @JsonPropertyDescription("Name of the experiment, an RFC 1123 label.")
            String name,

            @JsonPropertyDescription("Kubernetes only: namespace of the experiment.") @Nullable
            String namespace,

            @JsonPropertyDescription("rebind.dev/tour: long keeps an experiment out of the tour.") @Nullable
            Map<String, String> labels,

            @JsonPropertyDescription("For people and other tools.") @Nullable
            Map<String, String> annotations) {}

    /** Whether the tour skips this experiment unless the user asks for long ones. */
    @com.fasterxml.jackson.annotation.JsonIgnore
    public boolean isLong() {
        return metadata.labels() != null && "long".equals(metadata.labels().get(TOUR_LABEL));
    }
}
