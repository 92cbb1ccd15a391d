package dev.rebind.report.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.RecordingException;
import dev.rebind.record.SampleRecords;
import dev.rebind.record.Verdict;
import dev.rebind.report.Run;
import dev.rebind.report.SampleRun;
import dev.rebind.report.Summary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A report that is read back")
class SavedReportTest {
    @TempDir
    Path folder;

    private Path cycles() {
        return folder.resolve(ReportFolder.CYCLES);
    }

    /** As SIGKILL leaves it: the records, and what was said of the run when it began. */
    private void cut(Run run, CycleRecord... records) throws RecordingException {
        try (ReportFolder report = ReportFolder.open(folder)) {
            report.note(run);
            for (CycleRecord record : records) {
                report.records().write(record);
            }
        }
    }

    private static Run planned(Run.Subject... subjects) {
        return new Run(
                RecordBuilder.STOPPED.minusSeconds(1),
                RecordBuilder.STOPPED.minusSeconds(1),
                false,
                List.of(subjects),
                SampleRun.MACHINE);
    }

    private static Run.Subject pending(CycleRecord record, int cycles) {
        return SampleRun.subject(record.experiment(), cycles).in(Phase.Pending);
    }

    private Summary summary() throws Exception {
        return Json.mapper().readValue(Files.readAllBytes(folder.resolve(ReportFolder.SUMMARY)), Summary.class);
    }

    @Test
    @DisplayName(
            "When the run ended, then what was said of it is there, and the records of each experiment lie where they are said to")
    void whole() throws Exception {
        Summary written = SampleReport.write(folder, SampleRecords.all());

        SavedReport report = SavedReport.read(folder);

        assertThat(report.ended()).isTrue();
        assertThat(report.warnings()).isEmpty();
        assertThat(report.run()).isEqualTo(SampleRun.of(SampleRecords.all()));
        assertThat(report.run().experiments()).hasSameSizeAs(written.experiments());
        byte[] file = Files.readAllBytes(cycles());
        report.parts().forEach((name, part) -> {
            String lines = new String(
                    file, (int) part.from(), (int) (part.to() - part.from()), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(lines).endsWith("\n");
            assertThat(lines.lines())
                    .hasSize(part.totals().cycles())
                    .allSatisfy(line -> assertThat(line).startsWith("{\"experiment\":\"" + name + "\""));
        });
        assertThat(ReportFolder.complete(report)).isEmpty();
    }

    @Test
    @DisplayName(
            "When the run was cut short, then the report can be made: an experiment with all its records is completed, and every other is not")
    void cutShort() throws Exception {
        CycleRecord one = SampleRecords.reset();
        CycleRecord other = SampleRecords.notProduced();
        cut(
                planned(
                        pending(one, 1),
                        pending(other, 9),
                        SampleRun.subject("never-begun", 3).in(Phase.Pending)),
                one,
                other);

        SavedReport report = SavedReport.read(folder);

        assertThat(report.ended()).isFalse();
        assertThat(report.warnings()).singleElement().asString().contains("it was cut short, or still goes on");
        assertThat(report.run().experiments())
                .extracting(Run.Subject::phase)
                .containsExactly(Phase.Completed, Phase.Aborted, Phase.Aborted);
        assertThat(ReportFolder.complete(report))
                .containsExactly("summary.json", "summary.md", "junit.xml", "report.html");
        Summary summary = summary();
        assertThat(summary.interrupted()).isTrue();
        assertThat(summary.machine()).isEqualTo(SampleRun.MACHINE);
        assertThat(summary.experiments())
                .extracting(Summary.ExperimentSummary::verdict)
                .containsExactly(Verdict.Pass, Verdict.Inconclusive, Verdict.Inconclusive);
        assertThat(Files.readString(folder.resolve(ReportFolder.JUNIT))).contains("8 of 9 cycles were not run.");
        assertThat(Files.readString(folder.resolve(ReportFolder.PAGE))).contains("The run was interrupted");
        // It is still a run without an end, and what is there is not written again.
        assertThat(SavedReport.read(folder).ended()).isFalse();
        assertThat(ReportFolder.complete(report)).isEmpty();
    }

    @Test
    @DisplayName("When there are records only, then nothing is said to have passed, and what is not known is named")
    void recordsOnly() throws Exception {
        cut(planned(), SampleRecords.reset());
        Files.delete(folder.resolve(ReportFolder.RUN));

        SavedReport report = SavedReport.read(folder);

        assertThat(report.warnings()).singleElement().asString().contains("the YAML and the machine are not known");
        assertThat(ReportFolder.complete(report)).hasSize(4);
        Summary summary = summary();
        assertThat(summary.verdict()).isEqualTo(Verdict.Inconclusive);
        assertThat(summary.machine()).isNull();
        assertThat(Files.readString(folder.resolve(ReportFolder.PAGE)))
                .contains("It is not known which machine it was.");
        assertThat(Files.readString(folder.resolve(ReportFolder.MARKDOWN))).doesNotContain("Machine");
    }

    @Test
    @DisplayName("When there is a summary and no run.json, then the verdicts are those of the summary")
    void summaryOnly() throws Exception {
        Summary written = SampleReport.write(folder, SampleRecords.all());
        Files.delete(folder.resolve(ReportFolder.RUN));
        Files.delete(folder.resolve(ReportFolder.PAGE));

        SavedReport report = SavedReport.read(folder);

        assertThat(report.warnings()).isEmpty();
        assertThat(ReportFolder.complete(report)).containsExactly("report.html");
        Files.delete(folder.resolve(ReportFolder.SUMMARY));
        var _ = ReportFolder.complete(report);
        assertThat(summary()).isEqualTo(written);
    }

    @Test
    @DisplayName(
            "When the last line is cut off, then it is left out and named; when another is broken, then that is an error with its number")
    void lines() throws Exception {
        CycleRecord record = SampleRecords.reset();
        cut(planned(pending(record, 2)), record);
        long whole = Files.size(cycles());
        Files.writeString(cycles(), "{\"experiment\":\"re", StandardOpenOption.APPEND);

        SavedReport report = SavedReport.read(folder);
        assertThat(report.warnings()).first().asString().startsWith("line 2 of " + cycles() + " is cut off");
        assertThat(report.part(report.run().experiments().getFirst()).to()).isEqualTo(whole);

        Files.writeString(cycles(), "\n", StandardOpenOption.APPEND);
        assertThatThrownBy(() -> SavedReport.read(folder))
                .isInstanceOf(RecordingException.class)
                .hasMessageStartingWith("line 2 of " + cycles() + " is not a cycle record")
                .hasMessageEndingWith("run.json names Rebind 0.1.0");
    }

    @Test
    @DisplayName("When a newer version wrote it, then one sentence says what is not known here, and names that version")
    void newer() throws Exception {
        CycleRecord record = SampleRecords.reset();
        cut(planned(pending(record, 2)), record);
        Path run = folder.resolve(ReportFolder.RUN);
        Files.writeString(
                run,
                Files.readString(run)
                        .replace("\"0.1.0\"", "\"9.9.9\"")
                        .replace("\"startedAt\"", "\"colour\": 1, \"startedAt\""));

        assertThatThrownBy(() -> SavedReport.read(folder))
                .isInstanceOf(RecordingException.class)
                .hasMessageStartingWith(run + " cannot be read: ")
                .hasMessageContaining("colour")
                .hasMessageEndingWith("run.json names Rebind 9.9.9");
    }

    @Test
    @DisplayName("When it is no report, then one sentence says why")
    void noReport() throws Exception {
        assertThatThrownBy(() -> SavedReport.read(folder))
                .hasMessageStartingWith(folder + " is no report: it has no cycles.jsonl");
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> SavedReport.read(missing)).hasMessage("there is no folder " + missing);
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> SavedReport.read(file)).hasMessage(file + " is a file; name the report's folder");
        Files.createFile(cycles());
        assertThatThrownBy(() -> SavedReport.read(folder)).hasMessageStartingWith(folder + " has no record");
    }

    @Test
    @DisplayName("When an experiment goes on after another one, then two runs are mixed and the line is named")
    void mixed() throws Exception {
        cut(planned(), SampleRecords.reset(), SampleRecords.notProduced(), SampleRecords.reset());

        assertThatThrownBy(() -> SavedReport.read(folder))
                .hasMessageStartingWith("line 3 of " + cycles() + " goes on with");
    }
}
