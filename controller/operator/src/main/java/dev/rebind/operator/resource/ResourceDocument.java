package dev.rebind.operator.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Source;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.record.Json;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A resource as the reader of experiment files reads it: a document with a name and a spec. */
public final class ResourceDocument {
    private ResourceDocument() {}

    /** @param accepted whether it was accepted before, so that rules that came after that refuse it no more */
    public static ExperimentFile.Read read(RebindExperiment resource, boolean accepted) {
        String name = resource.getMetadata().getName();
        ObjectNode document = Json.mapper().createObjectNode();
        document.put("apiVersion", Experiment.API_VERSION).put("kind", Experiment.KIND);
        document.putObject("metadata").put("name", name);
        document.set("spec", resource.getSpec() == null ? Json.mapper().createObjectNode() : resource.getSpec());
        return accepted ? ExperimentFile.accepted(name, document) : ExperimentFile.read(name, document);
    }

    /** What the writer of a resource should know of it, though it can be run: one sentence; empty where there is nothing. */
    public static Optional<String> warning(Source source) {
        return source.warnings().isEmpty() ? Optional.empty() : Optional.of(text(source.warnings()));
    }

    /** All of them in one sentence. */
    public static String text(List<Problem> problems) {
        return problems.stream().map(ResourceDocument::text).collect(Collectors.joining("; "));
    }

    private static String text(Problem problem) {
        return (problem.field() == null ? "" : problem.field() + ": ") + problem.message();
    }
}
