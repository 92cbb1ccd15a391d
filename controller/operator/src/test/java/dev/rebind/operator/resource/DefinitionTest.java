package dev.rebind.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DefinitionTest {
    private static final Path FILE = Path.of("..", "..", "helm", "rebind", "files", "crds", "rebindexperiments.yaml");

    @Test
    @DisplayName(
            "When the records change, then the CustomResourceDefinition is generated again (-Drebind.update-docs=true)")
    void current() throws IOException {
        String generated = "# Generated from the code (./mvnw test -Drebind.update-docs=true); do not edit.\n"
                + new YAMLMapper(YAMLFactory.builder()
                                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                                .disable(YAMLGenerator.Feature.SPLIT_LINES)
                                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                                .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                                .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
                                .build())
                        .writeValueAsString(Definition.definition());
        if (Boolean.getBoolean("rebind.update-docs")) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, generated);
        }
        assertThat(FILE).as("stale: run ./mvnw test -Drebind.update-docs=true").hasContent(generated);
    }

    @Test
    @DisplayName(
            "When a field is added to the spec, then it cannot be changed in an experiment that has begun, unless it is an order")
    void fixed() {
        JsonNode schema = version().at("/schema/openAPIV3Schema");
        String rule = schema.at("/x-kubernetes-validations").findValuesAsText("rule").stream()
                .filter(one -> one.contains("oldSelf"))
                .collect(Collectors.joining());
        var changeable = new ArrayList<String>();
        schema.at("/properties/spec/properties").fieldNames().forEachRemaining(field -> {
            boolean isFixed = rule.contains("has(self.spec." + field + ") == has(oldSelf.spec." + field + ")")
                    && rule.contains("self.spec." + field + " == oldSelf.spec." + field + ")");
            if (!isFixed) {
                changeable.add(field);
            }
        });
        assertThat(changeable).containsExactly("suspend", "terminate", "ttlSecondsAfterFinished");
    }

    @Test
    @DisplayName(
            "When there is a list, then how two managers merge it is said; when there is a time, then its format is")
    void conventions() {
        var lists = new ArrayList<JsonNode>();
        var times = new ArrayList<String>();
        walk("", version().at("/schema/openAPIV3Schema"), lists, times);
        assertThat(lists)
                .isNotEmpty()
                .allSatisfy(list -> assertThat(list.has("x-kubernetes-list-type"))
                        .as(list.toString())
                        .isTrue());
        assertThat(times)
                .containsExactlyInAnyOrder(
                        ".status.conditions.lastTransitionTime", ".status.startedAt", ".status.completedAt");
    }

    @Test
    @DisplayName("When a field can be selected by, then the schema has it, and it is a text")
    void selectable() {
        assertThat(version().at("/selectableFields")).isNotEmpty().allSatisfy(field -> {
            String path = field.get("jsonPath").asText().replace(".", "/properties/");
            assertThat(version().at("/schema/openAPIV3Schema" + path + "/type").asText())
                    .as(path)
                    .isEqualTo("string");
        });
    }

    private static JsonNode version() {
        return Definition.definition().at("/spec/versions/0");
    }

    private static void walk(String path, JsonNode schema, List<JsonNode> lists, List<String> times) {
        if (schema.path("type").asText().equals("array")) {
            lists.add(schema);
            walk(path, schema.path("items"), lists, times);
        }
        if (schema.path("format").asText().equals("date-time")) {
            times.add(path);
        }
        schema.path("properties")
                .properties()
                .forEach(field -> walk(path + "." + field.getKey(), field.getValue(), lists, times));
    }
}
