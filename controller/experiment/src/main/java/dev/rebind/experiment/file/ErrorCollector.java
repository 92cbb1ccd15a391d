package dev.rebind.experiment.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.Experiment.Metadata;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Problem.Severity;
import dev.rebind.experiment.Source;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.Documents.Document;
import dev.rebind.experiment.file.ExperimentFile.Read;
import dev.rebind.experiment.rules.Finding;
import dev.rebind.experiment.rules.NameRules;
import dev.rebind.experiment.rules.Rules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Collects the experiments and problems of all files that are read together. */
final class ErrorCollector {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Most problems to keep. They are sorted within a document before the first ones are listed, so more are kept than are listed. */
    private static final int KEPT = 4 * FileLimits.PROBLEMS;

    private final List<Problem> problems = new ArrayList<>();
    private final List<Sourced> experiments = new ArrayList<>();
    private final Map<String, Problem> names = new HashMap<>();
    /** Number of problems beyond {@link #KEPT}. */
    private int unkept;

    /** Whether to check also that fields fit together. */
    private final boolean ruled;

    ErrorCollector() {
        this(true);
    }

    ErrorCollector(boolean ruled) {
        this.ruled = ruled;
    }

    Read read() {
        if (problems.isEmpty()) {
            return new Read.Experiments(experiments);
        }
        int more = problems.size() + unkept - FileLimits.PROBLEMS;
        if (more <= 0) {
            return new Read.Problems(problems);
        }
        var listed = new ArrayList<>(problems.subList(0, FileLimits.PROBLEMS));
        listed.add(new Problem(
                Severity.error,
                listed.getLast().file(),
                null,
                null,
                "and " + more + " more problems; mend these first"));
        return new Read.Problems(listed);
    }

    void add(String file, DecodedFile decoding) {
        switch (decoding) {
            case DecodedFile.Refused(Problem problem) -> problems.add(problem);
            case DecodedFile.Decoded(String text) -> add(file, Documents.of(file, text));
        }
    }

    void add(String file, JsonNode tree) {
        JsonDocument.of(tree)
                .ifPresentOrElse(
                        root -> add(file, new Documents(List.of(new Document(root, "")), null)),
                        () -> problems.add(new Problem(
                                Severity.error, file, null, null, "more nested than an experiment can be")));
    }

    private void add(String file, Documents documents) {
        Problem broken = documents.problem();
        if (documents.documents().isEmpty() && broken == null) {
            problems.add(new Problem(
                    Severity.error, file, null, null, "is empty; write an experiment into it, or copy a bundled one"));
        }
        for (Document document : documents.documents()) {
            var notes = new ProblemCollector(file, Math.max(0, KEPT - problems.size()));
            add(file, document, notes);
            problems.addAll(notes.problems());
            unkept += notes.unkept();
        }
        if (broken != null) {
            problems.add(broken);
        }
    }

    private void add(String file, Document document, ProblemCollector notes) {
        if (isNothing(document.root())) {
            notes.plain(
                    "",
                    Binder.line(document.root()),
                    "an empty document; write an experiment there, or remove its ---");
            return;
        }
        if (DocumentHeader.somethingElse(document.root(), notes)) {
            return;
        }
        var binder = new Binder(notes);
        ObjectNode root = binder.bind(document.root());
        var source = new Source(file, document.text(), binder.lines(), notes.warnings());
        Metadata metadata = part(root, "metadata", Metadata.class);
        if (metadata != null) {
            NameRules.check(metadata).forEach(finding -> note(finding, source, notes));
            twice(metadata.name(), source, notes);
        }
        ExperimentSpec spec = part(root, "spec", ExperimentSpec.class);
        // If the problems are full already, new findings would not be listed, so the costly rules are skipped.
        if (ruled && spec != null && !notes.isFull()) {
            Rules.check(spec).forEach(finding -> note(finding, source, notes));
        }
        if (metadata != null && spec != null) {
            experiments.add(
                    new Sourced(new Experiment(Experiment.API_VERSION, Experiment.KIND, metadata, spec), source));
        }
    }

    private static void note(Finding finding, Source source, ProblemCollector notes) {
        if (notes.trusts(finding)) {
            notes.add(finding.in(source));
        }
    }

    private void twice(String name, Source source, ProblemCollector notes) {
        Problem here = source.problem(Severity.error, "metadata.name", "");
        Problem first = names.putIfAbsent(name, here);
        if (first != null) {
            notes.add(source.problem(
                    Severity.error,
                    "metadata.name",
                    "\"" + Excerpt.of(name) + "\" is the name of another experiment, at " + first.file() + ":"
                            + first.line() + "; give each a name of its own"));
        }
    }

    private static <T> @org.jspecify.annotations.Nullable T part(ObjectNode root, String field, Class<T> type) {
        JsonNode part = root.get(field);
        try {
            return part == null ? null : JSON.treeToValue(part, type);
        } catch (JsonProcessingException e) {
            // This cannot happen: the shape is made from the same records, so they accept whatever passes it.
            throw new IllegalStateException(e);
        }
    }

    private static boolean isNothing(Node root) {
        return root instanceof ScalarNode scalar && YamlScalars.kind(scalar) == YamlScalars.Kind.NOTHING;
    }
}
