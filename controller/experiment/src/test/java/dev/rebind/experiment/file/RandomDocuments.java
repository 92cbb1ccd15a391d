package dev.rebind.experiment.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.schema.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Documents whose every field is of the right type, made at random; most contradict themselves. */
public final class RandomDocuments {
    private static final List<String> ADDRESSES =
            List.of("127.0.0.1", "127.0.0.2", "0.0.0.0", "::1", "::", "192.0.2.1", "fe80::1");
    private static final List<String> DURATIONS = List.of("1ms", "1s", "5s", "1m30s", "2h");

    private final Random random;
    private final double presence;

    public RandomDocuments(Random random) {
        this.random = random;
        this.presence = List.of(0.04, 0.1, 0.2, 0.5).get(random.nextInt(4));
    }

    public ObjectNode document() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("apiVersion", Experiment.API_VERSION);
        document.put("kind", Experiment.KIND);
        document.putObject("metadata").put("name", "made-at-random");
        document.set("spec", value(spec(), "spec"));
        return document;
    }

    private static Shape spec() {
        return Objects.requireNonNull(Shape.EXPERIMENT.fields().get("spec")).shape();
    }

    private JsonNode value(Shape shape, String field) {
        return switch (shape) {
            case Shape.Obj object -> {
                ObjectNode node = JsonNodeFactory.instance.objectNode();
                object.fields().forEach((name, entry) -> {
                    if (entry.required() || random.nextDouble() < presence) {
                        node.set(name, value(entry.shape(), name));
                    }
                });
                yield node;
            }
            case Shape.ListOf list -> {
                ArrayNode node = JsonNodeFactory.instance.arrayNode();
                for (int i = random.nextInt(5); i > 0; i--) {
                    node.add(value(list.element(), field));
                }
                yield node;
            }
            case Shape.Names _ -> JsonNodeFactory.instance.objectNode().put("a", "b");
            case Shape.Text _ -> TextNode.valueOf(field.equals("address") ? one(ADDRESSES) : "yes, 12: #text\n\"two\"");
            case Shape.Flag _ -> BooleanNode.valueOf(random.nextBoolean());
            case Shape.Span _ -> TextNode.valueOf(one(DURATIONS));
            case Shape.Whole(int min, int max) -> IntNode.valueOf(random.nextInt(min, Math.min(max, min + 200) + 1));
            case Shape.Choice(List<String> values) -> TextNode.valueOf(one(values));
        };
    }

    private <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
