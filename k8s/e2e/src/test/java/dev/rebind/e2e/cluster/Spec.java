package dev.rebind.e2e.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** The spec of an experiment as a user writes it, in YAML. */
public record Spec(JsonNode json) {
    private static final YAMLMapper YAML = new YAMLMapper();

    public static Spec of(String yaml) {
        return new Spec(parsed(yaml));
    }

    /** With the members of a patch in place of its own, as in a JSON merge patch (RFC 7386): null takes one away. */
    public Spec with(String patch) {
        return new Spec(merged(json, parsed(patch)));
    }

    /** Of a workload: with a patch of its first container. */
    public Spec withContainer(String patch) {
        ObjectNode patched = json.deepCopy();
        var containers = (ArrayNode) patched.at("/spec/template/spec/containers");
        containers.set(0, merged(containers.get(0), parsed(patch)));
        return new Spec(patched);
    }

    private static JsonNode parsed(String yaml) {
        try {
            return YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(yaml, e);
        }
    }

    private static JsonNode merged(JsonNode old, JsonNode patch) {
        if (!patch.isObject()) {
            return patch;
        }
        ObjectNode merged = old.isObject() ? ((ObjectNode) old).deepCopy() : YAML.createObjectNode();
        patch.properties().forEach(member -> {
            if (member.getValue().isNull()) {
                merged.remove(member.getKey());
            } else {
                JsonNode before = merged.path(member.getKey());
                merged.set(member.getKey(), merged(before, member.getValue()));
            }
        });
        return merged;
    }

    /** In JSON. */
    @Override
    public String toString() {
        return json.toString();
    }
}
