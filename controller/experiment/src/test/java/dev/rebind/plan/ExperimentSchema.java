package dev.rebind.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.schema.Shape;
import dev.rebind.experiment.value.GoDuration;
import java.util.List;

/** Writes the JSON schema for editors: the shape that the reader goes by, without the rules between fields. */
final class ExperimentSchema {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ExperimentSchema() {}

    static ObjectNode schema() {
        ObjectNode schema = JSON.objectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", Experiment.KIND + " " + Experiment.API_VERSION);
        schema.setAll(of(Shape.EXPERIMENT));
        ObjectNode properties = (ObjectNode) schema.get("properties");
        ((ObjectNode) properties.get("apiVersion")).put("const", Experiment.API_VERSION);
        ((ObjectNode) properties.get("kind")).put("const", Experiment.KIND);
        properties.putObject("status").put("description", "Written by Kubernetes, ignored here.");
        // The API server has many fields of its own there.
        ((ObjectNode) properties.get("metadata")).put("additionalProperties", true);
        return schema;
    }

    static String write() throws JsonProcessingException {
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(schema()) + "\n";
    }

    static ObjectNode of(Shape shape) {
        ObjectNode node = JSON.objectNode();
        switch (shape) {
            case Shape.Obj object
            when !object.plain().isEmpty() -> {
                ArrayNode either = node.putArray("anyOf");
                either.addObject().put("type", "boolean");
                object(object, either.addObject());
            }
            case Shape.Obj object -> object(object, node);
            case Shape.ListOf(Shape element) -> node.put("type", "array").set("items", of(element));
            case Shape.Names _ ->
                node.put("type", "object").putObject("additionalProperties").put("type", "string");
            case Shape.Text _ -> node.put("type", "string");
            case Shape.Flag _ -> node.put("type", "boolean");
            case Shape.Span _ -> node.put("type", "string").put("pattern", GoDuration.PATTERN);
            case Shape.Whole(int min, int max) -> {
                node.put("type", "integer").put("minimum", min);
                if (max < Integer.MAX_VALUE) {
                    node.put("maximum", max);
                }
            }
            case Shape.Choice(List<String> values) -> {
                ArrayNode names = node.putArray("enum");
                values.forEach(names::add);
            }
        }
        return node;
    }

    private static void object(Shape.Obj object, ObjectNode node) {
        node.put("type", "object").put("additionalProperties", false);
        ArrayNode required = JSON.arrayNode();
        ObjectNode properties = node.putObject("properties");
        object.fields().forEach((name, entry) -> {
            ObjectNode property = of(entry.shape());
            if (!entry.description().isEmpty()) {
                property.put("description", entry.description());
            }
            properties.set(name, property);
            Shape.Former former = entry.former();
            if (former != null) {
                properties.set(
                        former.name(),
                        of(entry.shape()).put("description", former.words(name)).put("deprecated", true));
            }
            if (entry.required() && former == null) {
                required.add(name);
            }
        });
        if (!required.isEmpty()) {
            node.set("required", required);
        }
    }
}
