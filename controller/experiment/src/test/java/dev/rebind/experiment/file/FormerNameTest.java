package dev.rebind.experiment.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.experiment.schema.Shape;
import dev.rebind.experiment.value.FormerName;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A field that was renamed, in a shape of the test's own: no field of an experiment needs to have been. */
class FormerNameTest {
    record Document(Expect expect, List<Expect> steps) {}

    record Expect(
            @FormerName(value = "boundIn", goneIn = "0.3.0") String boundWithin) {}

    private final ProblemCollector notes = new ProblemCollector("f.yaml", 10);

    private ObjectNode bind(String yaml) {
        return new Binder(notes, Shape.object(Document.class))
                .bind(Documents.of("f.yaml", yaml).documents().getFirst().root());
    }

    @Test
    @DisplayName(
            "When a field has its deprecated name, then it is read as the new one, and a warning says what to write and until when")
    void old() throws Exception {
        ObjectNode read = bind("""
                expect: {boundIn: 65s}
                steps:
                - boundWithin: 1s
                - boundIn: 2s
                """);

        JsonNode meant = new ObjectMapper()
                .readTree(
                        "{\"expect\": {\"boundWithin\": \"65s\"}, \"steps\": [{\"boundWithin\": \"1s\"}, {\"boundWithin\": \"2s\"}]}");
        assertThat(read).isEqualTo(meant);
        assertThat(notes.problems()).isEmpty();
        assertThat(notes.warnings())
                .extracting(Object::toString)
                .containsExactly(
                        "f.yaml:1: warning: expect.boundIn: is deprecated, and gone in Rebind 0.3.0; write boundWithin instead",
                        "f.yaml:4: warning: steps[1].boundIn: is deprecated, and gone in Rebind 0.3.0; write boundWithin instead");
    }

    @Test
    @DisplayName("When a field has both of its names, then one of them must go")
    void both() {
        bind("{expect: {boundIn: 65s, boundWithin: 1s}, steps: []}");

        assertThat(notes.problems())
                .extracting(Object::toString)
                .containsExactly(
                        "f.yaml:1: expect.boundIn: is the deprecated name of boundWithin, which is written, too; remove boundIn");
    }

    @Test
    @DisplayName("When a deprecated field has a wrong value, then the problem has its line")
    void wrong() {
        bind("expect:\n  boundIn: [1]\nsteps: []\n");

        assertThat(notes.problems()).singleElement().asString().startsWith("f.yaml:2: expect.boundWithin: ");
    }
}
