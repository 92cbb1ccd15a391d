package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.rebind.diagnosis.Cause;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("rebind compare")
class CompareCommandTest {
    private static final Path SCHEMA = Path.of("../../docs/reference/compare.schema.json");

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int compare(Path before, Path after) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute("compare", "--json", before.toString(), after.toString());
    }

    private Path records(String file, IntFunction<CycleRecord> record) throws Exception {
        Path path = folder.resolve(file);
        try (RecordWriter writer = RecordWriter.create(path)) {
            for (CycleRecord one : IntStream.rangeClosed(1, 10).mapToObj(record).toList()) {
                writer.write(one);
            }
        }
        return path;
    }

    private JsonNode json() throws Exception {
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(JsonSchemaFactory.getInstance(VersionFlag.V202012)
                        .getSchema(Files.readString(SCHEMA))
                        .validate(json))
                .isEmpty();
        assertThat(out.toString().lines()).hasSize(1);
        return json;
    }

    @Test
    @DisplayName(
            "When a script asks, then it gets each measure as a number, what became of it, and the exit code of the table")
    void worse() throws Exception {
        Path before = records(
                "before.jsonl", i -> new RecordBuilder("a", i).bound(200 + i).build());
        Path after = records(
                "after.jsonl",
                i -> new RecordBuilder("a", i)
                        .failed(150, "bind", Cause.time_wait)
                        .bound(61_000 + i)
                        .judged(Verdict.Fail, "Expected: bound. Seen: failed, time_wait.")
                        .build());

        assertThat(compare(before, after)).isEqualTo(Verdict.Fail.exitCode());

        JsonNode one = json().at("/experiments/0");
        assertThat(one.path("experiment").asText()).isEqualTo("a");
        assertThat(one.path("cyclesAfter").asInt()).isEqualTo(10);
        assertThat(one.at("/measures/0/change").asText()).isEqualTo("worse");
        JsonNode restarts = one.at("/measures/2");
        assertThat(restarts.path("measure").asText()).isEqualTo("stop to bound");
        assertThat(restarts.at("/values/before").asDouble()).isEqualTo(205);
        assertThat(restarts.at("/values/after").asDouble()).isEqualTo(61_005);
        assertThat(restarts.at("/values/unit").asText()).isEqualTo("ms");
        assertThat(restarts.path("p").asDouble()).isLessThan(0.01);
    }

    @Test
    @DisplayName(
            "When nothing can be compared, then the object says which experiments each report has, and the exit code is 3")
    void nothing() throws Exception {
        Path before = records("before.jsonl", i -> new RecordBuilder("a", i).build());
        Path after = records("after.jsonl", i -> new RecordBuilder("b", i).build());

        assertThat(compare(before, after)).isEqualTo(ExitCode.INCONCLUSIVE);

        assertThat(json().path("experiments")).isEmpty();
        assertThat(json().at("/onlyBefore/0").asText()).isEqualTo("a");
        assertThat(json().path("conclusion").asText()).contains("nothing was compared");
    }

    @Test
    @DisplayName("When a folder is no report, then that is said on standard error, and there is no object")
    void none() throws Exception {
        Path before = records("before.jsonl", i -> new RecordBuilder("a", i).build());

        assertThat(compare(before, folder.resolve("none"))).isEqualTo(ExitCode.USAGE);

        assertThat(err.toString()).contains("none");
        assertThat(out.toString()).isEmpty();
    }
}
