package dev.rebind.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.rebind.record.bind.ReleaseTimes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The JSON schema of {@link CycleRecord}, as it is published: the tests of all code that makes records validate them with it. */
public final class RecordSchema {
    private static final JsonSchema SCHEMA = published();

    private RecordSchema() {}

    /** What is wrong with the record, by the schema and by what a schema cannot say; empty for nothing. */
    public static List<String> violations(CycleRecord record) {
        var violations = new ArrayList<>(violations(Json.mapper().<JsonNode>valueToTree(record)));
        ReleaseTimes release = record.release();
        if (release != null && release.earliestMs() != null && release.latestMs() != null) {
            if (release.earliestMs() > release.latestMs()) {
                violations.add("release: earliestMs is after latestMs");
            }
            Double predicted = release.predictedMs();
            if (predicted != null && (predicted < release.earliestMs() || predicted > release.latestMs())) {
                violations.add("release: predictedMs is not within earliestMs and latestMs");
            }
        }
        Instant bound = record.boundAt();
        if (bound != null && record.stoppedAt() != null && bound.isBefore(record.stoppedAt())) {
            violations.add("boundAt is before stoppedAt");
        }
        if (bound != null && record.failedAt() != null && bound.isBefore(record.failedAt())) {
            violations.add("boundAt is before failedAt");
        }
        return violations;
    }

    /** The same of a line of {@code cycles.jsonl}, by the schema alone. */
    public static List<String> violations(JsonNode record) {
        return SCHEMA.validate(record).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }

    /** @throws AssertionError that says everything that is wrong with it */
    public static void validate(CycleRecord record) {
        List<String> violations = violations(record);
        if (!violations.isEmpty()) {
            throw new AssertionError(
                    "cycle " + record.cycle() + " of " + record.experiment() + ": " + String.join("; ", violations));
        }
    }

    /** A test holds the published schema to the code. */
    private static JsonSchema published() {
        try (InputStream schema = CycleRecord.class.getResourceAsStream("cycle-record.schema.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(Objects.requireNonNull(schema, "cycle-record.schema.json is not on the class path"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
