package dev.rebind.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values of the chart in their order, each with the comment above it, and what the schema says of it.
 *
 * <p>A value is what has no comment below: a text, a number, a list, or a map whose keys are the user's.
 *
 * @param comments by path; those of groups of values too
 */
record ChartValues(List<Value> values, Map<String, String> comments) {
    /**
     * @param path as {@code helm --set} writes it
     * @param type in words
     * @param initial as JSON
     */
    record Value(String path, String type, String initial, String description) {}

    private static final Pattern KEY = Pattern.compile("( *)([A-Za-z]+):.*");
    private static final Pattern COMMENT = Pattern.compile(" *# ?(.*)");

    ChartValues {
        values = List.copyOf(values);
        comments = Map.copyOf(comments);
    }

    static ChartValues of(String yaml, JsonNode schema) throws IOException {
        var values = new ArrayList<Value>();
        Map<String, String> comments = commentsOf(yaml);
        collect("", (ObjectNode) new YAMLMapper().readTree(yaml), schema, comments, values);
        return new ChartValues(values, comments);
    }

    private static void collect(
            String prefix, ObjectNode node, JsonNode schema, Map<String, String> comments, List<Value> values) {
        node.properties().forEach(entry -> {
            String path = prefix + entry.getKey();
            JsonNode below = schema.path("properties").path(entry.getKey());
            if (entry.getValue() instanceof ObjectNode object
                    && comments.keySet().stream().anyMatch(key -> key.startsWith(path + "."))) {
                collect(path + ".", object, below, comments, values);
            } else {
                values.add(new Value(path, type(below), entry.getValue().toString(), comments.getOrDefault(path, "")));
            }
        });
    }

    /** The comment lines right above each key, by the key's path. What stands above an empty line belongs to no key. */
    private static Map<String, String> commentsOf(String yaml) {
        var comments = new LinkedHashMap<String, String>();
        Deque<String> path = new ArrayDeque<>();
        var above = new ArrayList<String>();
        for (String line : yaml.lines().toList()) {
            Matcher comment = COMMENT.matcher(line);
            Matcher key = KEY.matcher(line);
            if (comment.matches()) {
                above.add(comment.group(1));
                continue;
            }
            if (key.matches()) {
                while (path.size() > key.group(1).length() / 2) {
                    path.removeLast();
                }
                path.addLast(key.group(2));
                if (!above.isEmpty()) {
                    comments.put(String.join(".", path), String.join(" ", above));
                }
            }
            above.clear();
        }
        return comments;
    }

    private static String type(JsonNode schema) {
        if (schema.has("enum")) {
            var names = new ArrayList<String>();
            schema.get("enum").forEach(name -> names.add("`" + name.asText() + "`"));
            return String.join(", ", names);
        }
        if (schema.path("type").isArray()) {
            return "number or percentage";
        }
        return switch (schema.path("type").asText()) {
            case "integer", "number" ->
                schema.has("maximum")
                        ? schema.get("minimum").asText() + " to "
                                + schema.get("maximum").asText()
                        : "at least " + schema.path("minimum").asText();
            case "boolean" -> "boolean";
            case "string" -> "text";
            case "array" -> "list";
            case "object" -> "map";
            default -> "";
        };
    }
}
