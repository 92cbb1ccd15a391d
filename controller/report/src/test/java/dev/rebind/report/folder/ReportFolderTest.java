package dev.rebind.report.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.record.Json;
import dev.rebind.record.RecordReader;
import dev.rebind.record.RecordingException;
import dev.rebind.record.SampleRecords;
import dev.rebind.report.SampleRun;
import dev.rebind.report.Summary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportFolderTest {
    @TempDir
    Path temporary;

    @Test
    @DisplayName("When a run ends, then the folder holds records, summary, JUnit file and page, and nothing else")
    void whole() throws Exception {
        Path folder = temporary.resolve("deep/report");

        Summary summary = SampleReport.write(folder, SampleRecords.all());

        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "cycles.jsonl", "run.json", "summary.json", "summary.md", "junit.xml", "report.html");
        }
        JsonNode written = Json.mapper().readTree(folder.resolve("summary.json").toFile());
        assertThat(written.path("exitCode").asInt())
                .isEqualTo(summary.exitCode())
                .isEqualTo(1);
        assertThat(written.at("/experiments/0/failedByCause/time_wait").asInt()).isEqualTo(1);
        assertThat(written.at("/machine/sysctls/net.ipv4.tcp_fin_timeout").asText())
                .isEqualTo("60");
        assertThat(Files.readString(folder.resolve("summary.json"))).doesNotContain("null");
    }

    @ParameterizedTest
    @DisplayName("When the folder holds a report already, then it is refused and left as it was")
    @ValueSource(strings = {"cycles.jsonl", "run.json", "summary.json", "summary.md", "junit.xml", "report.html"})
    void another(String file) throws Exception {
        Files.writeString(temporary.resolve(file), "mine");

        assertThatThrownBy(() -> ReportFolder.open(temporary))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining(temporary + " already holds a report (" + file + ")")
                .hasMessageContaining("--report");
        try (var files = Files.list(temporary)) {
            assertThat(files).singleElement().satisfies(kept -> assertThat(kept).hasContent("mine"));
        }
    }

    @Test
    @DisplayName("When the folder's name is taken by a file, then that is said")
    void file() throws Exception {
        Path file = Files.createFile(temporary.resolve("file"));

        assertThatThrownBy(() -> ReportFolder.open(file))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("cannot write " + file);
        assertThatThrownBy(() -> ReportFolder.open(file.resolve("below")))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("cannot write " + file);
    }

    @Test
    @DisplayName("When the folder cannot be written, then that is said")
    void unwritable() {
        assertThatThrownBy(() -> ReportFolder.open(Path.of("/proc/rebind")))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("cannot write /proc/rebind");
    }

    @Test
    @DisplayName("When one part cannot be written, then the others are, and the failure names the part")
    void partly() throws Exception {
        ReportFolder report = ReportFolder.open(temporary);
        report.records().write(SampleRecords.reset());
        Files.createDirectories(temporary.resolve("junit.xml/in the way"));

        assertThatThrownBy(() -> report.finish(SampleRun.of(List.of(SampleRecords.reset()))))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("cannot write " + temporary.resolve("junit.xml"));
        assertThat(temporary.resolve("report.html")).isNotEmptyFile();
        assertThat(temporary.resolve("summary.json")).isNotEmptyFile();
        assertThat(temporary.resolve("junit.xml.part")).doesNotExist();
    }

    @Test
    @DisplayName("When the last record is torn, then the report is made from the others and says so")
    void torn() throws Exception {
        Path cycles = temporary.resolve(ReportFolder.CYCLES);
        Summary summary;
        try (ReportFolder report = ReportFolder.open(temporary)) {
            report.records().write(SampleRecords.reset());
            Files.writeString(cycles, "{\"experiment\":\"re", StandardOpenOption.APPEND);
            summary = report.finish(SampleRun.of(List.of(SampleRecords.reset())));
        }

        assertThat(summary.cycles()).isEqualTo(1);
        assertThat(summary.torn()).contains("line 2 of " + cycles);
        assertThat(RecordReader.read(cycles).torn()).isPresent();
    }

    @Test
    @DisplayName("When folders are asked for in one second, then each is another")
    void fresh() throws Exception {
        Instant now = Instant.parse("2026-11-22T21:52:07.4Z");
        Path first = ReportFolder.fresh(temporary, now);
        Path second = ReportFolder.fresh(temporary, now);
        ReportFolder.open(first).close();
        ReportFolder.open(second).close();

        assertThat(first).hasFileName("rebind-report-20261122-215207");
        assertThat(second).hasFileName("rebind-report-20261122-215207-2");
        ReportFolder.abandon(second);
        assertThat(second).as("a folder with a report").exists();
        Path third = ReportFolder.fresh(temporary, now);
        ReportFolder.abandon(third);
        assertThat(third).doesNotExist();
    }
}
