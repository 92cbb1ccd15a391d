package dev.rebind.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.rebind.chart.ChartValues.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ValuesReferenceTest {
    private static final Path CHART = Path.of("..", "..", "helm", "rebind");
    private static final Path PAGE = Path.of("..", "..", "docs", "reference", "values.md");

    private static final Path README = CHART.resolve("README.md");

    private static final String GENERAL = "General";

    private String yaml = "";
    private JsonNode schema = new ObjectMapper().createObjectNode();
    private ChartValues chart = new ChartValues(List.of(), Map.of());

    @BeforeEach
    void read() throws IOException {
        yaml = Files.readString(CHART.resolve("values.yaml"));
        schema = new ObjectMapper().readTree(CHART.resolve("values.schema.json").toFile());
        chart = ChartValues.of(yaml, schema);
    }

    @Test
    @DisplayName("When the chart's values change, then their reference is generated again (-Drebind.update-docs=true)")
    void upToDate() throws IOException {
        String generated = page();
        if (Boolean.getBoolean("rebind.update-docs")) {
            Files.writeString(PAGE, generated);
        }
        assertThat(PAGE).as("stale: run ./mvnw test -Drebind.update-docs=true").hasContent(generated);
    }

    @Test
    @DisplayName("When the chart or its values change, then its README is generated again (-Drebind.update-docs=true)")
    void readme() throws IOException {
        String generated = readmeText();
        if (Boolean.getBoolean("rebind.update-docs")) {
            Files.writeString(README, generated);
        }
        assertThat(README)
                .as("stale: run ./mvnw test -Drebind.update-docs=true")
                .hasContent(generated);
    }

    @Test
    @DisplayName("When a value is added, then it is described and its type is known")
    void everyValueIsDescribed() {
        assertThat(chart.values()).allSatisfy(value -> {
            assertThat(value.description()).as(value.path()).endsWith(".");
            assertThat(value.type()).as(value.path()).isNotEmpty();
        });
    }

    @Test
    @DisplayName("When a value's name is misspelt anywhere, then the schema refuses it")
    void strict() {
        var open = new ArrayList<String>();
        open("", schema, open);
        assertThat(open).isEmpty();
    }

    @Test
    @DisplayName("When the schema names a value, then values.yaml has it with its default")
    void everyNameHasADefault() throws IOException {
        var missing = new ArrayList<String>();
        missing("", schema, new YAMLMapper().readTree(yaml), missing);
        // Helm itself passes it to a chart that is part of another.
        assertThat(missing).containsExactly("global");
    }

    @Test
    @DisplayName("When nothing is set, then the schema takes the defaults")
    void defaults() throws IOException {
        var validator =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(schema);
        assertThat(validator.validate(new YAMLMapper().readTree(yaml))).isEmpty();
    }

    private static void open(String path, JsonNode schema, List<String> open) {
        if (!schema.has("properties")) {
            return;
        }
        if (!schema.path("additionalProperties").isBoolean()
                || schema.path("additionalProperties").asBoolean()) {
            open.add(path);
        }
        schema.get("properties")
                .properties()
                .forEach(entry -> open(path + "." + entry.getKey(), entry.getValue(), open));
    }

    private void missing(String prefix, JsonNode schema, JsonNode node, List<String> missing) {
        schema.path("properties").properties().forEach(entry -> {
            String path = prefix + entry.getKey();
            if (!node.has(entry.getKey())) {
                missing.add(path);
            } else if (chart.values().stream().noneMatch(value -> value.path().equals(path))) {
                missing(path + ".", entry.getValue(), node.get(entry.getKey()), missing);
            }
        });
    }

    private String page() {
        return """
                # Values of the chart

                Generated from `helm/rebind/values.yaml` and its schema (`./mvnw test -Drebind.update-docs=true`); do not edit.

                A name that is not here is refused. What the controller and the agents may do with them is on the [security page](../security.md).
                """ + sections();
    }

    /** What a registry of charts shows of it. */
    private String readmeText() throws IOException {
        JsonNode about = new YAMLMapper().readTree(CHART.resolve("Chart.yaml").toFile());
        String kubernetes = about.get("kubeVersion").asText().replace(">=", "").replace("-0", "");
        return """
                # Rebind %s

                <!-- Generated from Chart.yaml, values.yaml and values.schema.json (`./mvnw test -Drebind.update-docs=true`); do not edit. -->

                %s.

                Kubernetes %s or later; Helm 3.

                    helm install rebind helm/rebind --namespace rebind --create-namespace
                    kubectl label namespace rebind rebind.dev/experiments=allowed

                The pages on [installing](../../docs/kubernetes/installing.md), [a first experiment](../../docs/kubernetes/first-experiment.md), \
                [operations](../../docs/kubernetes/operations.md) and [who may do what](../../docs/security.md) say the rest. A value that is not here is refused.
                """.formatted(
                        about.get("version").asText(), about.get("description").asText(), kubernetes)
                + sections();
    }

    private String sections() {
        return chart.values().stream()
                .collect(Collectors.groupingBy(
                        value -> value.path().contains(".") ? value.path().replaceFirst("\\..*", "") : GENERAL,
                        LinkedHashMap::new,
                        Collectors.toList()))
                .entrySet()
                .stream()
                .map(section -> section(section.getKey(), section.getValue()))
                .collect(Collectors.joining());
    }

    private String section(String name, List<Value> values) {
        String about = chart.comments().get(name);
        return "\n## " + name + "\n\n" + (about == null || name.equals(GENERAL) ? "" : about + "\n\n")
                + "| value | type | default | |\n| --- | --- | --- | --- |\n"
                + values.stream()
                        .map(value -> "| `%s` | %s | `%s` | %s |\n"
                                .formatted(
                                        value.path(),
                                        value.type(),
                                        value.initial(),
                                        value.description().replace("|", "\\|")))
                        .collect(Collectors.joining());
    }
}
