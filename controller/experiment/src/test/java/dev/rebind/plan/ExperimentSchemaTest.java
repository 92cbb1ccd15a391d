package dev.rebind.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.experiment.schema.Shape;
import dev.rebind.experiment.value.FormerName;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ExperimentSchemaTest {
    record Renamed(
            @FormerName(value = "boundIn", goneIn = "0.3.0") String boundWithin) {}

    @Test
    @DisplayName("When a field has a deprecated name, then an editor takes both, and strikes the old one out")
    void deprecated() {
        JsonNode schema = ExperimentSchema.of(Shape.object(Renamed.class));

        assertThat(schema.at("/properties/boundIn/deprecated").asBoolean()).isTrue();
        assertThat(schema.at("/properties/boundIn/description").asText()).contains("0.3.0", "boundWithin");
        assertThat(schema.at("/properties/boundWithin").has("deprecated")).isFalse();
        assertThat(schema.has("required")).isFalse();
    }
}
