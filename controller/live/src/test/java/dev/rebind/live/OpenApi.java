package dev.rebind.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.rebind.record.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** {@code openapi.yaml}, and answers held to it. */
public final class OpenApi {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head", "options");

    private final JsonNode document = read("/dev/rebind/live/openapi.yaml");
    private final JsonNode record = read("/dev/rebind/record/cycle-record.schema.json");
    /** To make one takes some milliseconds, which is much for each of 10,000 lines. */
    private final Map<JsonNode, JsonSchema> schemas = new ConcurrentHashMap<>();

    private static JsonNode read(String resource) {
        try (InputStream in = Objects.requireNonNull(OpenApi.class.getResourceAsStream(resource), resource)) {
            return (resource.endsWith(".yaml") ? new YAMLMapper() : Json.mapper()).readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode document() {
        return document;
    }

    /** Every operation: {@code GET /v1/experiments/{namespace}/{name}}. */
    public Set<String> operations() {
        var operations = new TreeSet<String>();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (METHODS.contains(method.getKey())) {
                    operations.add(method.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                }
            }
        }
        return operations;
    }

    /** What is said of an operation's answer of that status; null where nothing is. */
    private @Nullable JsonNode answer(String method, String path, int status) {
        JsonNode answer =
                document.path("paths").path(path).path(method).path("responses").path(Integer.toString(status));
        JsonNode resolved = answer.has("$ref") ? at(answer.path("$ref").asText()) : answer;
        return resolved.isMissingNode() ? null : resolved;
    }

    private JsonNode at(String reference) {
        return document.at(reference.substring(1));
    }

    /**
     * What is wrong with an answer; empty for nothing.
     *
     * @param path as the document has it
     */
    public List<String> violations(String method, String path, int status, @Nullable String type, String body) {
        JsonNode answer = answer(method, path, status);
        if (answer == null) {
            return List.of(method + " " + path + " answered " + status + ", which is not described");
        }
        JsonNode content = answer.path("content");
        if (content.isMissingNode()) {
            return body.isEmpty() ? List.of() : List.of(path + " answered with a body, and none is described");
        }
        String plain = type == null ? "" : type.replaceAll(";.*", "").strip();
        JsonNode described = content.path(plain);
        if (described.isMissingNode()) {
            return List.of(path + " answered with " + plain + ", which is not described");
        }
        return switch (plain) {
            case "application/json" -> violations(described.path("schema"), body);
            case "application/jsonl" ->
                body.lines()
                        .flatMap(line -> violations(described.path("schema"), line).stream())
                        .toList();
            default -> List.of();
        };
    }

    /** What is wrong with a value, by a schema of that name. */
    public List<String> violations(String component, JsonNode value) {
        return schema(Json.mapper().createObjectNode().put("$ref", "#/components/schemas/" + component))
                .validate(value)
                .stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }

    private List<String> violations(JsonNode schema, String body) {
        try {
            return schema(schema).validate(Json.mapper().readTree(body)).stream()
                    .map(ValidationMessage::getMessage)
                    .toList();
        } catch (IOException e) {
            return List.of("not JSON: " + e.getMessage());
        }
    }

    private JsonSchema schema(JsonNode schema) {
        return schemas.computeIfAbsent(schema, this::whole);
    }

    /** One schema with all that it may refer to. */
    private JsonSchema whole(JsonNode schema) {
        ObjectNode whole = Json.mapper().createObjectNode();
        whole.set("components", document.path("components").deepCopy());
        ((ObjectNode) whole.at("/components/schemas")).set("CycleRecord", record);
        whole.set("allOf", Json.mapper().createArrayNode().add(schema));
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(whole);
    }
}
