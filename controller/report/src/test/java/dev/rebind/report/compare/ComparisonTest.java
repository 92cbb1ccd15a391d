package dev.rebind.report.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.text.table.Sheet;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.RecordingException;
import dev.rebind.record.Verdict;
import dev.rebind.record.clients.ClientView;
import dev.rebind.report.Run;
import dev.rebind.report.compare.Comparison.Change;
import dev.rebind.report.compare.Comparison.Line;
import dev.rebind.report.folder.ReportFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Two reports side by side")
class ComparisonTest {
    private static final ClientView CLIENTS = new ClientView(1, 1, 0, 0, Map.of(), null);

    @TempDir
    Path folder;

    private static CycleRecord atOnce(String name, int cycle) {
        return new RecordBuilder(name, cycle)
                .bound(200 + cycle)
                .downtime(210.0 + cycle, CLIENTS)
                .build();
    }

    private static CycleRecord afterAMinute(String name, int cycle) {
        return new RecordBuilder(name, cycle)
                .failed(150, "bind", Cause.time_wait)
                .bound(61_000 + cycle)
                .downtime(61_100.0 + cycle, CLIENTS)
                .judged(Verdict.Fail, "Expected: bound. Seen: failed, time_wait.")
                .build();
    }

    @Test
    @DisplayName(
            "When a server that came back at once now waits a minute, then every measure is worse, and by how much is said")
    void worse() throws IOException {
        Comparison comparison = compare(records(10, i -> atOnce("a", i)), records(10, i -> afterAMinute("a", i)));

        List<Line> lines = comparison.experiments().getFirst().lines();
        assertThat(lines).allSatisfy(line -> assertThat(line.change()).isEqualTo(Change.WORSE));
        assertThat(lines)
                .extracting(Line::measure, Line::before, Line::after, Line::difference)
                .containsExactly(
                        tuple("verdicts", "10 Pass", "10 Fail", ""),
                        tuple("first binds that failed", "0 of 10", "10 of 10", ""),
                        tuple("stop to bound", "205 ms", "61.0 s", "+60.8 s"),
                        tuple("downtime", "215 ms", "61.1 s", "+60.9 s"));
        assertThat(String.join("\n", ComparisonText.lines(comparison, Sheet.ENDLESS)))
                .contains(
                        "a: 10 cycles before, 10 cycles after",
                        "worse, p < 0.0001",
                        "Something is worse after than before");

        Comparison back = compare(records(10, i -> afterAMinute("a", i)), records(10, i -> atOnce("a", i)));
        assertThat(back.experiments().getFirst().lines())
                .allSatisfy(line -> assertThat(line.change()).isEqualTo(Change.BETTER));
    }

    @Test
    @DisplayName("When a report is compared with itself, then nothing differs")
    void same() throws IOException {
        List<CycleRecord> records = records(8, i -> i % 2 == 0 ? atOnce("a", i) : afterAMinute("a", i));

        Comparison comparison = compare(records, records);

        assertThat(comparison.experiments().getFirst().lines())
                .hasSize(4)
                .allSatisfy(line -> assertThat(line.change()).isEqualTo(Change.NO_DIFFERENCE));
    }

    @Test
    @DisplayName(
            "When there are too few cycles for any difference to show, then that is said, and not that there is none")
    void tooFew() throws IOException {
        Comparison comparison = compare(records(4, i -> atOnce("a", i)), records(4, i -> afterAMinute("a", i)));

        assertThat(comparison.experiments().getFirst().lines())
                .extracting(Line::change)
                // A verdict is a statement about each cycle, and needs no test.
                .containsExactly(Change.WORSE, Change.TOO_FEW_CYCLES, Change.TOO_FEW_CYCLES, Change.TOO_FEW_CYCLES);
    }

    @Test
    @DisplayName("When a verdict alone has changed, then no level of significance is claimed for it")
    void verdictAlone() throws IOException {
        List<CycleRecord> atOnce = records(1, i -> atOnce("a", i));
        List<CycleRecord> afterAMinute = records(1, i -> afterAMinute("a", i));

        assertThat(ComparisonText.lines(compare(atOnce, afterAMinute), Sheet.ENDLESS)
                        .getLast())
                .startsWith("A verdict is worse after than before. No test shows it")
                .doesNotContain("p <");
        assertThat(ComparisonText.lines(compare(afterAMinute, atOnce), Sheet.ENDLESS)
                        .getLast())
                .startsWith("A verdict is better, and nothing is seen to be worse. No test shows it")
                .doesNotContain("p <");
    }

    @Test
    @DisplayName("When five cycles in each report differ as much as can be, then they are enough")
    void enough() throws IOException {
        Comparison comparison = compare(records(5, i -> atOnce("a", i)), records(5, i -> afterAMinute("a", i)));

        assertThat(comparison.experiments().getFirst().lines())
                .extracting(Line::change)
                .containsOnly(Change.WORSE);
    }

    @Test
    @DisplayName(
            "When values are equal, as milliseconds often are, then two lists that are wholly apart are never called alike")
    void ties() throws IOException {
        for (int count = 1; count <= 12; count++) {
            List<Line> lines = compare(
                            records(
                                    count,
                                    i -> new RecordBuilder("a", i).bound(29).build()),
                            records(
                                    count,
                                    i -> new RecordBuilder("a", i).bound(31).build()))
                    .experiments()
                    .getFirst()
                    .lines();
            assertThat(lines)
                    .filteredOn(line -> line.measure().equals("stop to bound"))
                    .extracting(Line::change)
                    .containsExactly(count < 5 ? Change.TOO_FEW_CYCLES : Change.WORSE);
        }
    }

    @Test
    @DisplayName(
            "When an experiment is in one report alone, then it is named; a cycle that was never carried out decides nothing")
    void onlyOne() throws IOException {
        Comparison comparison = compare(
                List.of(atOnce("a", 1), atOnce("b", 1)),
                List.of(
                        new RecordBuilder("b", 1)
                                .broken("No server could be started.")
                                .build(),
                        atOnce("c", 1)));

        assertThat(comparison.onlyBefore()).containsExactly("a");
        assertThat(comparison.onlyAfter()).containsExactly("c");
        assertThat(comparison.experiments())
                .singleElement()
                .satisfies(pair -> assertThat(pair.lines())
                        .extracting(Line::change)
                        .containsExactly(Change.NOT_KNOWN, Change.TOO_FEW_CYCLES));
        assertThat(ComparisonText.lines(comparison, Sheet.ENDLESS)).contains("Only before: a.", "Only after: c.");
        assertThat(ComparisonText.lines(compare(List.of(atOnce("a", 1)), List.of(atOnce("c", 1))), Sheet.ENDLESS))
                .contains("The two reports have no experiment in common, so nothing was compared.");
    }

    @Test
    @DisplayName(
            "When the last line of a report is cut off, then the cycles before it are compared; no report is an error")
    void torn() throws IOException {
        Path report = report(records(2, i -> atOnce("a", i)));
        Files.writeString(report.resolve("cycles.jsonl"), Files.readString(report.resolve("cycles.jsonl")) + "{\"exp");

        Measurements.Report read = Measurements.read(report);

        assertThat(read.torn()).hasValueSatisfying(why -> assertThat(why).contains("line 3", "is cut off"));
        assertThat(read.experiments().get("a"))
                .satisfies(a -> assertThat(a.restartsMs()).hasSize(2));
        assertThatThrownBy(() -> Measurements.read(folder.resolve("nowhere")))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    @DisplayName(
            "When experiments of one name are not the same, then the fields that differ are named; how many cycles is"
                    + " no difference")
    void otherwise() throws IOException {
        String spec = """
            spec:
              cycles: %d
              target: {command: {argv: [%s], port: 8080}}
              restart: {close: server}
            """;
        Path one = run(Map.of("a", spec.formatted(5, "one"), "b", spec.formatted(5, "one"), "c", ""));
        Path other = run(Map.of(
                "a",
                spec.formatted(6, "one"),
                "b",
                spec.formatted(5, "two") + "  retry: {interval: 1s}\n",
                "c",
                spec.formatted(5, "one")));

        assertThat(Comparison.of(Measurements.read(one), Measurements.read(one)).otherwise())
                .isEmpty();
        Comparison comparison = Comparison.of(Measurements.read(one), Measurements.read(other.resolve("cycles.jsonl")));
        assertThat(comparison.otherwise())
                .containsExactly(entry("b", Set.of("spec.retry.interval", "spec.target.command.argv")));
        assertThat(ComparisonText.lines(comparison, Sheet.ENDLESS))
                .contains("The experiments are not the same: spec.retry.interval (b), spec.target.command.argv (b).");
    }

    /** A report with a cycle of each experiment, by name with its text. */
    private Path run(Map<String, String> experiments) throws IOException {
        Path report = Files.createTempDirectory(folder, "run").resolve("report");
        try (ReportFolder writer = ReportFolder.open(report)) {
            for (String name : new TreeSet<>(experiments.keySet())) {
                writer.records().write(atOnce(name, 1));
            }
            writer.note(new Run(
                    RecordBuilder.STOPPED,
                    RecordBuilder.STOPPED,
                    false,
                    experiments.entrySet().stream()
                            .map(one -> new Run.Subject(one.getKey(), null, null, one.getValue(), 1, Phase.Completed))
                            .toList(),
                    null));
        }
        return report;
    }

    private Comparison compare(List<CycleRecord> before, List<CycleRecord> after) throws IOException {
        return Comparison.of(Measurements.read(report(before)), Measurements.read(report(after)));
    }

    private Path report(List<CycleRecord> records) throws IOException {
        Path report = Files.createTempDirectory(folder, "report");
        try (RecordWriter writer = RecordWriter.create(report.resolve("cycles.jsonl"))) {
            for (CycleRecord record : records) {
                writer.write(record);
            }
        }
        return report;
    }

    private static List<CycleRecord> records(int count, IntFunction<CycleRecord> made) {
        return IntStream.rangeClosed(1, count).mapToObj(made).toList();
    }
}
