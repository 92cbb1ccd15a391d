package dev.rebind.operator.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import dev.rebind.record.Json;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.jspecify.annotations.Nullable;

/**
 * An experiment's document, ready to run again. It lacks the fields that the API server added, and the orders.
 *
 * @param plan the plan of the experiment; null if the spec cannot be planned
 */
record SpecDocument(
        String yaml, @Nullable String description, @Nullable Plan plan) {
    static SpecDocument of(RebindExperiment resource) {
        ObjectNode document = Json.mapper().createObjectNode();
        document.put("apiVersion", Experiment.API_VERSION).put("kind", Experiment.KIND);
        ObjectNode metadata = document.putObject("metadata");
        metadata.put("name", resource.getMetadata().getName());
        metadata.put("namespace", resource.getMetadata().getNamespace());
        JsonNode spec = resource.getSpec();
        if (spec instanceof ObjectNode written) {
            ObjectNode copy = written.deepCopy();
            copy.remove("suspend");
            copy.remove("terminate");
            document.set("spec", copy);
        }
        String yaml = Serialization.asYaml(document);
        return switch (ExperimentFile.read(resource.getMetadata().getName(), document)) {
            case ExperimentFile.Read.Problems _ -> new SpecDocument(yaml, null, null);
            case ExperimentFile.Read.Experiments read -> {
                Experiment experiment = read.experiments().getFirst().experiment();
                yield new SpecDocument(yaml, experiment.spec().description(), Planner.plan(experiment));
            }
        };
    }

    /** Returns the number of planned cycles; null if a duration limits the experiment, or if the spec cannot be planned. */
    @Nullable
    Integer planned() {
        return plan == null ? null : plan.planned();
    }

    /** Returns the duration of the experiment in ms; null if no duration limits it. */
    @Nullable
    Double durationMs() {
        return plan instanceof Plan.Cycles cycles && cycles.length() instanceof Plan.Length.For(var duration)
                ? (double) duration.toMillis()
                : null;
    }
}
