package dev.rebind.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Source;
import dev.rebind.experiment.file.ExperimentFile.Read;
import dev.rebind.experiment.schema.Shape;
import dev.rebind.experiment.value.FormerName;
import dev.rebind.record.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ResourceDocumentTest {
    record Renamed(
            @FormerName(value = "boundIn", goneIn = "0.3.0") String boundWithin) {}

    private static RebindExperiment resource(String spec) throws Exception {
        var resource = new RebindExperiment();
        resource.getMetadata().setName("one");
        resource.setSpec(Json.mapper().readTree(spec));
        return resource;
    }

    @Test
    @DisplayName("When the reader warns of a resource, then its event has each field and what to write instead")
    void warned() throws Exception {
        var read = (Read.Experiments) ResourceDocument.read(resource("{\"cycles\": 1}"), false);
        assertThat(ResourceDocument.warning(read.experiments().getFirst().source()))
                .isEmpty();

        var warnings = List.of(
                new Problem(
                        Problem.Severity.warning, "one", 1, "spec.expect.boundIn", "is deprecated; write boundWithin"),
                new Problem(Problem.Severity.warning, "one", 1, "spec.circles", "is deprecated; write cycles"));
        var warned = new Source("one", "", Map.of(), warnings);

        assertThat(ResourceDocument.warning(warned))
                .contains(
                        "spec.expect.boundIn: is deprecated; write boundWithin; spec.circles: is deprecated; write cycles");
    }

    @Test
    @DisplayName(
            "When a field has a deprecated name, then the API server keeps that name, and no longer demands the new one")
    void schema() throws Exception {
        JsonNode schema = Definition.of(Shape.object(Renamed.class));

        assertThat(schema.at("/properties/boundIn/type").asText()).isEqualTo("string");
        assertThat(schema.at("/properties/boundIn/description").asText())
                .isEqualTo("Deprecated, gone in 0.3.0: write boundWithin.");
        assertThat(schema.at("/properties/boundWithin/type").asText()).isEqualTo("string");
        assertThat(schema.has("required")).isFalse();
    }
}
