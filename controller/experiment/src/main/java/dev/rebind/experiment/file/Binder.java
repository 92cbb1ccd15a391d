package dev.rebind.experiment.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.schema.FieldHomes;
import dev.rebind.experiment.schema.Shape;
import dev.rebind.experiment.schema.Shape.Choice;
import dev.rebind.experiment.schema.Shape.Entry;
import dev.rebind.experiment.schema.Shape.Flag;
import dev.rebind.experiment.schema.Shape.Former;
import dev.rebind.experiment.schema.Shape.ListOf;
import dev.rebind.experiment.schema.Shape.Names;
import dev.rebind.experiment.schema.Shape.Obj;
import dev.rebind.experiment.schema.Shape.Span;
import dev.rebind.experiment.schema.Shape.Text;
import dev.rebind.experiment.schema.Shape.Whole;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Compares one document with its {@link Shape}. Correct values become JSON. A wrong value becomes a problem and is left out. An object
 * without a required field is left out as a whole, and so is a list with a wrong entry. The depth of the shape limits the walk, whatever
 * aliases the document has.
 */
final class Binder {
    /** Fields that the API server adds and {@code kubectl get -o yaml} shows. They are not part of an experiment and are ignored. */
    private static final Map<String, Set<String>> SERVERS_OWN = Map.of(
            "", Set.of("status"),
            "metadata",
                    Set.of(
                            "creationTimestamp",
                            "deletionGracePeriodSeconds",
                            "deletionTimestamp",
                            "finalizers",
                            "generateName",
                            "generation",
                            "managedFields",
                            "ownerReferences",
                            "resourceVersion",
                            "selfLink",
                            "uid"));

    private final ProblemCollector notes;
    private final Values values;
    private final Obj whole;
    private final Map<String, Integer> lines = new HashMap<>();

    Binder(ProblemCollector notes) {
        this(notes, Shape.EXPERIMENT);
    }

    /** @param whole the shape of a whole document */
    Binder(ProblemCollector notes, Obj whole) {
        this.notes = notes;
        this.whole = whole;
        this.values = new Values(notes);
    }

    /** Line numbers of all fields that were bound, by path. */
    Map<String, Integer> lines() {
        return lines;
    }

    /** Returns the usable part of the document, even if required fields are missing. */
    ObjectNode bind(Node node) {
        var usable = JsonNodeFactory.instance.objectNode();
        lines.put("", line(node));
        if (node instanceof MappingNode mapping) {
            if (tooMany(mapping, "")) {
                return usable;
            }
            into(usable, mapping, whole, "");
        } else {
            wrong(node, whole, "");
        }
        return usable;
    }

    private @Nullable JsonNode bind(Node node, Shape shape, String path) {
        lines.putIfAbsent(path, line(node));
        if (!(node instanceof ScalarNode)
                && !node.getTag().equals(Tag.MAP)
                && !node.getTag().equals(Tag.SEQ)) {
            notes.tainted(
                    path,
                    line(node),
                    "has the tag " + Excerpt.of(node.getTag().getValue()) + ", which means nothing here; remove it");
            return null;
        }
        return switch (shape) {
            case Obj object -> object(node, object, path);
            case ListOf list -> list(node, list, path);
            case Names _ -> names(node, path);
            case Text _, Flag _, Span _, Whole _, Choice _ ->
                node instanceof ScalarNode scalar ? values.bind(scalar, shape, path) : wrong(node, shape, path);
        };
    }

    private @Nullable JsonNode object(Node node, Obj shape, String path) {
        if (node instanceof ScalarNode scalar
                && !shape.plain().isEmpty()
                && YamlScalars.kind(scalar) == YamlScalars.Kind.FLAG) {
            return plain(scalar, shape, path);
        }
        if (!(node instanceof MappingNode mapping)) {
            return wrong(node, shape, path);
        }
        if (tooMany(mapping, path)) {
            return null;
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        return into(object, mapping, shape, path) ? object : null;
    }

    private JsonNode plain(ScalarNode scalar, Obj shape, String path) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (String field : shape.plain()) {
            lines.put(join(path, field), line(scalar));
            object.set(field, values.bind(scalar, new Flag(), join(path, field)));
        }
        return object;
    }

    /** Fills an object. Returns false if a required field is missing. */
    private boolean into(ObjectNode object, MappingNode mapping, Obj shape, String path) {
        Map<String, Node> written = underCurrentNames(fields(mapping, path), shape, path);
        boolean whole = true;
        for (Map.Entry<String, Node> field : written.entrySet()) {
            Entry entry = shape.fields().get(field.getKey());
            String fieldPath = join(path, Excerpt.of(field.getKey()));
            if (entry == null) {
                if (!SERVERS_OWN.getOrDefault(path, Set.of()).contains(field.getKey())) {
                    unknown(field.getKey(), shape, path);
                }
                continue;
            }
            JsonNode value = bind(field.getValue(), entry.shape(), fieldPath);
            if (value != null) {
                object.set(field.getKey(), value);
            } else {
                whole &= !entry.required();
            }
        }
        for (Map.Entry<String, Entry> field : shape.fields().entrySet()) {
            if (field.getValue().required() && !written.containsKey(field.getKey())) {
                whole = false;
                notes.tainted(
                        join(path, field.getKey()),
                        line(mapping),
                        "is missing; write " + field.getKey() + ": " + example(field.getValue(), path, field.getKey()));
            }
        }
        return whole;
    }

    private static String example(Entry entry, String path, String field) {
        return switch (entry.shape()) {
            case Text _ when path.isEmpty() -> entry.description().replaceAll("\\.$", "");
            case Text _ when field.equals("address") -> "127.0.0.1";
            case Whole _ when field.equals("port") -> "8080";
            case Text _ -> "a-name";
            case Choice choice -> "one of " + String.join(", ", choice.values());
            case Flag _ -> "true or false";
            case Obj object ->
                object.fields().entrySet().stream()
                        .filter(inner -> inner.getValue().required())
                        .map(inner -> inner.getKey() + ": " + example(inner.getValue(), path + field, inner.getKey()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case ListOf(Text _) when field.equals("argv") -> "[PROGRAM, ARGUMENT]";
            case ListOf _, Names _, Span _, Whole _ -> "a value";
        };
    }

    private boolean tooMany(MappingNode mapping, String path) {
        int fields = mapping.getValue().size();
        if (fields > FileLimits.FIELDS) {
            notes.tainted(
                    path, line(mapping), "has " + fields + " fields; a map has " + FileLimits.FIELDS + " at most");
        }
        return fields > FileLimits.FIELDS;
    }

    /** Returns each field of a mapping once, in order. Notes a problem for every key that is not a field name. */
    private Map<String, Node> fields(MappingNode mapping, String path) {
        var fields = new LinkedHashMap<String, Node>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                notes.plain(path, line(tuple.getKeyNode()), "a field's name must be one word, not a map or a list");
                continue;
            }
            String name = key.getValue();
            String fieldPath = join(path, Excerpt.of(name));
            if (name.length() > FileLimits.NAME) {
                notes.plain(fieldPath, line(key), "a field's name has " + FileLimits.NAME + " characters at most");
                continue;
            }
            if (name.equals("<<")) {
                notes.plain(path, line(key), "merge keys (<<) are not read; write the fields out");
                continue;
            }
            if (fields.containsKey(name)) {
                notes.tainted(
                        fieldPath,
                        line(key),
                        "is written twice, first in line " + lines.getOrDefault(fieldPath, line(mapping))
                                + "; keep one of them");
                continue;
            }
            lines.put(fieldPath, line(key));
            fields.put(name, tuple.getValueNode());
        }
        return fields;
    }

    /** Replaces deprecated names of fields, with a warning for each. */
    private Map<String, Node> underCurrentNames(Map<String, Node> written, Obj shape, String path) {
        var current = new LinkedHashMap<>(written);
        shape.fields().forEach((name, entry) -> {
            Former former = entry.former();
            Node value = former == null ? null : current.remove(former.name());
            if (former == null || value == null) {
                return;
            }
            String oldPath = join(path, former.name());
            int line = lines.getOrDefault(oldPath, 1);
            if (current.containsKey(name)) {
                notes.tainted(
                        join(path, name),
                        oldPath,
                        line,
                        "is the deprecated name of " + name + ", which is written, too; remove " + former.name());
                return;
            }
            notes.warning(
                    oldPath,
                    line,
                    "is deprecated, and gone in Rebind " + former.goneIn() + "; write " + name + " instead");
            lines.put(join(path, name), line);
            current.put(name, value);
        });
        return current;
    }

    private void unknown(String name, Obj shape, String path) {
        String fieldPath = join(path, Excerpt.of(name));
        int line = lines.getOrDefault(fieldPath, 1);
        if (notes.isFull()) {
            notes.plain(fieldPath, line, "unknown field");
            return;
        }
        Set<String> known = shape.fields().keySet();
        Optional<String> nearest = SpellingSuggestion.nearest(name, known);
        if (nearest.isPresent()) {
            notes.tainted(
                    join(path, nearest.get()), fieldPath, line, "unknown field; did you mean " + nearest.get() + "?");
            return;
        }
        List<String> homes = FieldHomes.of(name);
        if (homes.isEmpty()) {
            notes.plain(fieldPath, line, "unknown field; " + where(path) + " has " + String.join(", ", known));
        } else {
            homes.forEach(notes::taint);
            notes.plain(
                    fieldPath,
                    line,
                    "unknown field here; it belongs to " + String.join(" or ", FieldHomes.parents(name)));
        }
    }

    private static String where(String path) {
        return path.isEmpty() ? "an experiment" : path;
    }

    private @Nullable JsonNode list(Node node, ListOf shape, String path) {
        if (!(node instanceof SequenceNode sequence)) {
            return wrong(node, shape, path);
        }
        int entries = sequence.getValue().size();
        if (entries > FileLimits.ENTRIES) {
            notes.tainted(
                    path, line(node), "has " + entries + " entries; a list has " + FileLimits.ENTRIES + " at most");
            return null;
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        boolean whole = true;
        for (int i = 0; i < sequence.getValue().size(); i++) {
            JsonNode element = bind(sequence.getValue().get(i), shape.element(), path + "[" + i + "]");
            if (element == null) {
                whole = false;
            } else {
                array.add(element);
            }
        }
        if (!whole) {
            notes.taint(path);
        }
        return whole ? array : null;
    }

    private @Nullable JsonNode names(Node node, String path) {
        if (!(node instanceof MappingNode mapping)) {
            return wrong(node, new Names(), path);
        }
        if (tooMany(mapping, path)) {
            return null;
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        fields(mapping, path).forEach((name, value) -> {
            JsonNode text = bind(value, new Text(), join(path, Excerpt.of(name)));
            if (text != null) {
                object.set(name, text);
            }
        });
        return object;
    }

    private @Nullable JsonNode wrong(Node node, Shape shape, String path) {
        notes.tainted(path, line(node), ExpectedType.message(shape, node, path));
        return null;
    }

    static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    private static String join(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }
}
