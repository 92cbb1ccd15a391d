package dev.rebind.record;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import dev.rebind.record.schema.Constraint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Generates the JSON schema of {@link CycleRecord} from its code. */
final class RecordSchemaGenerator {
    private RecordSchemaGenerator() {}

    static String generate() {
        var config = new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(new JacksonModule())
                .with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT)
                .with(Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES, Option.INLINE_ALL_SCHEMAS);
        config.forTypesInGeneral()
                .withPropertySorter((_, _) -> 0)
                .withCustomDefinitionProvider((type, _) -> type.getErasedType().isEnum() ? names(type) : null);
        config.forFields()
                .withRequiredCheck(field -> field.getAnnotationConsideringFieldAndGetter(Nullable.class) == null
                        && !field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class))
                .withInstanceAttributeOverride(RecordSchemaGenerator::constrain);
        ObjectNode schema = new SchemaGenerator(config.build()).generateSchema(CycleRecord.class);
        schema.put("title", "Cycle record: a line of cycles.jsonl");
        schema.set("allOf", invariants());
        return schema.toPrettyString() + "\n";
    }

    /** An enum's constants as Jackson writes them, which the generator's own way does not heed unless all are annotated. */
    private static CustomDefinition names(ResolvedType type) {
        ObjectNode definition = Json.mapper().createObjectNode().put("type", "string");
        ArrayNode names = definition.putArray("enum");
        for (Object constant : type.getErasedType().getEnumConstants()) {
            names.add(Json.mapper().<JsonNode>valueToTree(constant));
        }
        return new CustomDefinition(definition, true);
    }

    private static void constrain(ObjectNode node, FieldScope field, SchemaGenerationContext context) {
        if (field.getType().getErasedType() == Instant.class) {
            node.put("format", "date-time");
            node.put("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$");
        }
        Constraint constraint = field.getAnnotation(Constraint.class);
        if (constraint == null || field.isFakeContainerItemScope()) {
            return;
        }
        boolean map = Map.class.isAssignableFrom(field.getType().getErasedType());
        if (constraint.min() != Long.MIN_VALUE) {
            (map ? (ObjectNode) node.get("additionalProperties") : node).put("minimum", constraint.min());
        }
        if (constraint.max() != Long.MAX_VALUE) {
            node.put("maximum", constraint.max());
        }
        if (!constraint.pattern().isEmpty()) {
            node.put("pattern", "^" + constraint.pattern() + "$");
        }
        List<String> values = new ArrayList<>(Arrays.asList(constraint.oneOf()));
        Arrays.stream(constraint.names().getEnumConstants()).map(Enum::name).forEach(values::add);
        if (!values.isEmpty()) {
            ArrayNode allowed = (map ? node.putObject("propertyNames") : node).putArray("enum");
            values.forEach(allowed::add);
        }
    }

    /** Which facts go together. */
    private static JsonNode invariants() {
        return tree("""
                [
                  {
                    "$comment": "A bind that succeeded at once has no reason to fail.",
                    "if": {"properties": {"outcome": {"const": "bound"}}, "required": ["outcome"]},
                    "then": {"properties": {"errno": false, "errnoNumber": false, "call": false, "cause": false,
                      "blocking": false, "release": false, "failedAt": false, "prevention": false}}
                  },
                  {
                    "$comment": "A bind that failed has a cause, if only unknown.",
                    "if": {"properties": {"outcome": {"const": "failed"}}, "required": ["outcome"]},
                    "then": {"required": ["cause"]}
                  },
                  {
                    "$comment": "Without an outcome there was no bind: the cycle ended before it.",
                    "if": {"not": {"required": ["outcome"]}},
                    "then": {"properties": {"verdict": {"enum": ["Error", "Inconclusive"]}, "errno": false,
                      "errnoNumber": false, "call": false, "cause": false, "blocking": false, "release": false,
                      "boundAt": false, "failedAt": false, "prevention": false}}
                  },
                  {
                    "$comment": "Sockets that were not read are not zero sockets: why they were not is said.",
                    "if": {"not": {"required": ["residue"]}, "required": ["outcome"]},
                    "then": {"required": ["unreadable"]}
                  },
                  {
                    "$comment": "An errno has its number on this system, and a number its name.",
                    "dependentRequired": {"errno": ["errnoNumber"], "errnoNumber": ["errno"]}
                  },
                  {
                    "$comment": "A window has two ends.",
                    "properties": {"release": {"dependentRequired": {"earliestMs": ["latestMs"],
                      "latestMs": ["earliestMs"], "predictedMs": ["earliestMs"]}}}
                  }
                ]
                """);
    }

    private static JsonNode tree(String json) {
        try {
            return Json.mapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
