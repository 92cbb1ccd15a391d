package dev.rebind.experiment.file;

import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.Experiment;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Checks apiVersion and kind of a document. */
final class DocumentHeader {
    private DocumentHeader() {}

    private static final String GROUP = Experiment.API_VERSION.substring(0, Experiment.API_VERSION.indexOf('/') + 1);

    /**
     * Notes a problem where one of the two fields differs. Returns true if both differ and neither resembles Rebind's value: the document
     * is then something else, and its other fields are not checked.
     */
    static boolean somethingElse(Node root, ProblemCollector notes) {
        if (!(root instanceof MappingNode mapping)) {
            return false;
        }
        Optional<String> version = other(mapping, "apiVersion", Experiment.API_VERSION, notes);
        Optional<String> kind = other(mapping, "kind", Experiment.KIND, notes);
        return version.isPresent() && kind.isPresent() && !isMeant(version.get(), kind.get());
    }

    /** Whether the document is meant for Rebind, but misspelt or of another version. */
    private static boolean isMeant(String version, String kind) {
        return version.toLowerCase(Locale.ROOT).startsWith(GROUP)
                || SpellingSuggestion.nearest(kind, List.of(Experiment.KIND, "Experiment"))
                        .isPresent();
    }

    /** The other value that the field has; empty where it has the wanted value or is absent. */
    private static Optional<String> other(MappingNode mapping, String field, String wanted, ProblemCollector notes) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key
                    && key.getValue().equals(field)
                    && tuple.getValueNode() instanceof ScalarNode value
                    && YamlScalars.kind(value) == YamlScalars.Kind.TEXT
                    && !value.getValue().equals(wanted)) {
                notes.plain(
                        field,
                        Binder.line(key),
                        "is " + Excerpt.of(value.getValue()) + ", and Rebind reads " + wanted + " only; write " + field
                                + ": " + wanted);
                return Optional.of(value.getValue());
            }
        }
        return Optional.empty();
    }
}
