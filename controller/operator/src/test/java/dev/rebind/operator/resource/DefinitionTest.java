package dev.rebind.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
