package dev.rebind.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.experiment.file.RandomDocuments;
import dev.rebind.experiment.file.Tour;
import dev.rebind.experiment.rules.PlaceRules;
import dev.rebind.experiment.schema.Shape;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentReferenceTest {
    private static final Path FOLDER = Path.of("..", "..", "docs", "reference");
    private static final JsonSchema SCHEMA =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(ExperimentSchema.schema());

    @Test
    @DisplayName("When the records change, then reference and schema are generated again (-Drebind.update-docs=true)")
    void upToDate() throws IOException {
        current("experiment.md", ExperimentReference.write());
        current("experiment.schema.json", ExperimentSchema.write());
    }

    @Test
    @DisplayName("When a field is added, then it is described")
    void everyFieldIsDescribed() {
        described("", Shape.EXPERIMENT);
    }

    @Test
    @DisplayName("When an editor holds the bundled experiments against the schema, then it finds nothing")
    void bundled() throws IOException {
        for (String name : Tour.NAMES) {
            JsonNode document = new YAMLMapper().readTree(Tour.text(name));
            assertThat(SCHEMA.validate(document)).as(name).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"restart-at-once.yaml, lab", "own-command.yaml, lab", "deployment-downtime.yaml, kubernetes"})
    @DisplayName("When a recipe of the page is read, then it is valid for its place, and it stands there as a whole")
    void recipes(String file, String place) throws IOException {
        String text = ExperimentReference.text(file);
        var experiments =
                ((ExperimentFile.Read.Experiments) ExperimentFile.read(file, new StringReader(text))).experiments();
        ExperimentSpec spec = experiments.getFirst().experiment().spec();

        assertThat(experiments).hasSize(1);
        assertThat(place.equals("lab") ? PlaceRules.local(spec) : PlaceRules.cluster(spec))
                .isEmpty();
        assertThat(ExperimentReference.write()).contains("```yaml\n" + text + "```");
    }

    @Test
    @DisplayName("When a field is for one place alone, then it stands in the chapter of that place and in no other")
    void chapters() {
        String[] chapters = ExperimentReference.write().split("\n# (?=Fields|Tables)");
        assertThat(chapters).hasSize(5);
        assertThat(chapters[0]).contains("## Three recipes");
        assertThat(chapters[1])
                .startsWith("Fields for both places")
                .contains("| `cycles` |")
                .doesNotContain(
                        "Lab only",
                        "Cluster only",
                        "| Kubernetes only",
                        "`parallel`",
                        "`workloadRef`",
                        "`dryRun`",
                        "`spec.steps");
        assertThat(chapters[2])
                .startsWith("Fields of the lab")
                .contains(
                        "| `spec.parallel` |",
                        "| `spec.clients.tls.caFile` |",
                        "## `spec.target.command.readiness`",
                        "## `spec.steps[]`")
                .doesNotContain("Lab only", "Kubernetes only", "workloadRef");
        assertThat(chapters[3])
                .startsWith("Fields of Kubernetes")
                .contains("| `spec.dryRun` |", "## `spec.target.workloadRef`", "## `spec.clients.via`")
                .doesNotContain("Lab only", "Kubernetes only", "Cluster only");
    }

    @Property(tries = 300)
    void theSchemaTakesWhatTheReaderTakesAndNoOtherField(@ForAll Random random) {
        ObjectNode document = new RandomDocuments(random).document();
        assertThat(SCHEMA.validate(document)).isEmpty();
        ((ObjectNode) document.get("spec")).put("cylces", 3);
        assertThat(SCHEMA.validate(document)).hasSize(1);
    }

    private static void current(String name, String generated) throws IOException {
        Path page = FOLDER.resolve(name);
        if (Boolean.getBoolean("rebind.update-docs")) {
            Files.writeString(page, generated);
        }
        assertThat(page).as("stale: run ./mvnw test -Drebind.update-docs=true").hasContent(generated);
    }

    private static void described(String path, Shape shape) {
        switch (shape) {
            case Shape.Obj object ->
                object.fields().forEach((name, entry) -> {
                    assertThat(entry.description()).as(path + "." + name).isNotBlank();
                    described(path + "." + name, entry.shape());
                });
            case Shape.ListOf(Shape element) -> described(path, element);
            case Shape.Names _, Shape.Text _, Shape.Flag _, Shape.Span _, Shape.Whole _, Shape.Choice _ -> {}
        }
    }
}
