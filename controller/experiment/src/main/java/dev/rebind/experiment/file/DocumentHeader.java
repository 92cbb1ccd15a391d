package dev.rebind.experiment.file;

import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.Experiment;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** apiVersion and kind. */
final class DocumentHeader {
    private DocumentHeader() {}

    /** Notes what differs; true where both do, so that the document is something else and its fields are not ours. */
    static boolean somethingElse(Node root, ProblemCollector notes) {
        if (!(root instanceof MappingNode mapping)) {
            return false;
        }
        boolean otherVersion = differs(mapping, "apiVersion", Experiment.API_VERSION, notes);
        boolean otherKind = differs(mapping, "kind", Experiment.KIND, notes);
        return otherVersion && otherKind;
    }

    private static boolean differs(MappingNode mapping, String field, String wanted, ProblemCollector notes) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key
                    && key.getValue().equals(field)
                    && tuple.getValueNode() instanceof ScalarNode value
                    && Scalars.kind(value) == Scalars.Kind.TEXT
                    && !value.getValue().equals(wanted)) {
                notes.plain(
                        field,
                        Binder.line(key),
                        "is " + Excerpt.of(value.getValue()) + ", and Rebind reads " + wanted + " only; write " + field
                                + ": " + wanted);
                return true;
            }
        }
        return false;
    }
}
