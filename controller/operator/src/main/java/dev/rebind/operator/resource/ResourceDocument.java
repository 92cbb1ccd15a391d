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

/** Converts a resource to a document with a name and a spec, which the reader of experiment files reads. */
public final class ResourceDocument {
    private ResourceDocument() {}

    /**
     * Reads the experiment of a resource.
     *
     * @param accepted whether a controller has accepted the experiment before; newer rules then do not refuse it
     */
    public static ExperimentFile.Read read(RebindExperiment resource, boolean accepted) {
        String name = resource.getMetadata().getName();
        ObjectNode document = Json.mapper().createObjectNode();
        document.put("apiVersion", Experiment.API_VERSION).put("kind", Experiment.KIND);
        document.putObject("metadata").put("name", name);
        document.set("spec", resource.getSpec() == null ? Json.mapper().createObjectNode() : resource.getSpec());
        return accepted ? ExperimentFile.accepted(name, document) : ExperimentFile.read(name, document);
    }

    /** Returns the warnings about a resource that can run, in one sentence for its author; empty if there are none. */
    public static Optional<String> warning(Source source) {
        return source.warnings().isEmpty() ? Optional.empty() : Optional.of(text(source.warnings()));
    }

    /** Returns all problems in one sentence. */
    public static String text(List<Problem> problems) {
        return problems.stream().map(ResourceDocument::text).collect(Collectors.joining("; "));
    }

    private static String text(Problem problem) {
        return (problem.field() == null ? "" : problem.field() + ": ") + problem.message();
    }
}
