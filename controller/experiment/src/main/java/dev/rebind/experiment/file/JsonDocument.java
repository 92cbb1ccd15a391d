package dev.rebind.experiment.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Optional;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Turns a JSON tree into the nodes of the same document in YAML. All nodes are on line 1. */
final class JsonDocument {
    private static final Mark NOWHERE = new Mark("", 0, 0, 0, new int[0], 0);

    private JsonDocument() {}

    /** Returns empty if the tree is nested more deeply than an experiment can be. */
    static Optional<Node> of(JsonNode tree) {
        return isDeeperThan(FileLimits.DEPTH, tree) ? Optional.empty() : Optional.of(node(tree));
    }

    private static boolean isDeeperThan(int depth, JsonNode tree) {
        if (depth < 0) {
            return true;
        }
        for (JsonNode child : tree) {
            if (isDeeperThan(depth - 1, child)) {
                return true;
            }
        }
        return false;
    }

    private static Node node(JsonNode tree) {
        return switch (tree.getNodeType()) {
            case OBJECT -> {
                var fields = new ArrayList<NodeTuple>();
                tree.properties()
                        .forEach(field -> fields.add(new NodeTuple(text(field.getKey()), node(field.getValue()))));
                yield new MappingNode(Tag.MAP, true, fields, NOWHERE, NOWHERE, FlowStyle.FLOW);
            }
            case ARRAY -> {
                var items = new ArrayList<Node>();
                tree.forEach(item -> items.add(node(item)));
                yield new SequenceNode(Tag.SEQ, true, items, NOWHERE, NOWHERE, FlowStyle.FLOW);
            }
            case STRING, BINARY, POJO -> text(tree.asText());
            case NUMBER -> plain(tree.isIntegralNumber() ? Tag.INT : Tag.FLOAT, tree.asText());
            case BOOLEAN -> plain(Tag.BOOL, tree.asText());
            case NULL, MISSING -> plain(Tag.NULL, "null");
        };
    }

    private static ScalarNode text(String value) {
        return new ScalarNode(Tag.STR, value, NOWHERE, NOWHERE, ScalarStyle.DOUBLE_QUOTED);
    }

    private static ScalarNode plain(Tag tag, String value) {
        return new ScalarNode(tag, value, NOWHERE, NOWHERE, ScalarStyle.PLAIN);
    }
}
