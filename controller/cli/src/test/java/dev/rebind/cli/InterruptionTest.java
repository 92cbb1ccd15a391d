package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.record.Json;
import dev.rebind.report.folder.ReportFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptionTest {
    private static final int SIGTERM_EXIT = 128 + 15;

    @TempDir
    Path folder;

    @Test
    @DisplayName("When SIGTERM comes between two experiments, then the run ends in order and the report has the first")
    void betweenExperiments() throws Exception {
        Path report = folder.resolve("report");
        Path errors = folder.resolve("stderr");
        Path output = folder.resolve("stdout");
        var command = new ArrayList<>(ChildJvm.likeThis().command());
        command.addAll(List.of(EndedBetweenExperiments.class.getName(), report.toString()));
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            assertThat(process.waitFor()).isEqualTo(SIGTERM_EXIT);
        } finally {
            process.destroyForcibly();
        }

        assertThat(Files.readString(errors)).doesNotContain("Exception", "error in Rebind itself");
        assertThat(Files.readString(output)).contains("The run was ended before all that was planned had been done.");
        JsonNode summary = Json.mapper().readTree(Files.readString(report.resolve(ReportFolder.SUMMARY)));
        assertThat(summary.path("interrupted").asBoolean()).isTrue();
        assertThat(summary.path("verdict").asText()).isEqualTo("Inconclusive");
        assertThat(summary.path("experiments").findValuesAsText("verdict")).containsExactly("Pass", "Inconclusive");
        assertThat(Files.readAllLines(report.resolve(ReportFolder.CYCLES))).hasSize(1);
    }
}
