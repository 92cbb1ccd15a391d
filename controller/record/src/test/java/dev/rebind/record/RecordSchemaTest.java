package dev.rebind.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordSchemaTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "reference", "cycle-record.schema.json");

    @Test
    @DisplayName(
            "When the record changes, then the schema in docs/reference is generated again (-Drebind.update-docs=true)")
    void upToDate() throws Exception {
        String generated = RecordSchemaGenerator.generate();
        if (Boolean.getBoolean("rebind.update-docs")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, generated);
        }
        assertThat(PAGE).as("stale: run ./mvnw test -Drebind.update-docs=true").hasContent(generated);
    }

    @Test
    @DisplayName("When the jar is made, then it holds the schema")
    void packaged() throws Exception {
        try (InputStream schema = CycleRecord.class.getResourceAsStream("cycle-record.schema.json")) {
            assertThat(Json.mapper().readTree(schema).path("title").asText()).startsWith("Cycle record");
        }
    }

    @Test
    @DisplayName("When records hold every cause and verdict, then all of them are valid")
    void samplesAreValid() {
        assertThat(SampleRecords.all()).allSatisfy(RecordSchema::validate);
    }

    @ParameterizedTest
    @DisplayName("When a fact is not one of the record's, then the schema refuses it")
    @CsvSource(delimiter = '|', textBlock = """
            extra       | 1
            restart     | "reboot"
            closedBy    | "nobody"
            backend     | "cloud"
            call        | "accept"
            cause       | "bad_luck"
            outcome     | "maybe"
            verdict     | "pass"
            port        | 0
            port        | 65536
            cycle       | 0
            errno       | "in use"
            errno       | null
            residue     | {"TIMEWAIT": 1}
            residue     | {"TIME_WAIT": 0}
            residue     | {"TIME_WAIT": "many"}
            explanation | ""
            downtimeMs  | -1
            stoppedAt   | "yesterday"
            blocking    | [{"state": "TIME_WAIT", "local": "a", "remote": "b", "flags": 1}]
            blocking    | [{"state": "TIME_WAIT", "local": "a"}]
            release     | {"earliestMs": 1}
            """)
    void refused(String field, String json) throws Exception {
        ObjectNode record = Json.mapper().valueToTree(SampleRecords.serverClosesFirst());
        assertThat(RecordSchema.violations(record)).isEmpty();

        record.set(field, Json.mapper().readTree(json));

        assertThat(RecordSchema.violations(record)).isNotEmpty();
    }

    @ParameterizedTest
    @DisplayName("When facts contradict each other, then the schema refuses them")
    @CsvSource(delimiter = '|', textBlock = """
            outcome     | "bound"
            outcome     |
            cause       |
            errnoNumber |
            residue     |
            """)
    void contradictions(String field, String json) throws Exception {
        ObjectNode record = Json.mapper().valueToTree(SampleRecords.serverClosesFirst());

        if (json == null) {
            record.remove(field);
        } else {
            record.set(field, Json.mapper().readTree(json));
        }

        assertThat(RecordSchema.violations(record)).isNotEmpty();
    }
}
