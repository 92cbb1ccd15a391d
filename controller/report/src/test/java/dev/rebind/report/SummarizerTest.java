package dev.rebind.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.Cause;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.SampleRecords;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.Blocking;
import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.server.Program;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SummarizerTest {
    private static Summary summarize(Run run, List<CycleRecord> records) {
        var summarizer = new Summarizer();
        records.forEach(summarizer::add);
        return summarizer.summarize(run, Optional.empty());
    }

    @ParameterizedTest
    @DisplayName("When cycles differ, then any Fail decides, and the exit code follows from the verdict")
    @CsvSource({
        "Pass,                         Pass,         0",
        "Pass Inconclusive,            Inconclusive, 3",
        "Pass Fail,                    Fail,         1",
        "Pass Error,                   Error,        3",
        "Inconclusive Fail Pass,       Fail,         1",
        "Inconclusive Error,           Error,        3",
        "Error Fail Inconclusive Pass, Fail,         1",
    })
    void verdicts(String verdicts, Verdict expected, int exitCode) {
        List<CycleRecord> records = Arrays.stream(verdicts.split(" "))
                .map(verdict -> new RecordBuilder("one", 1)
                        .judged(Verdict.valueOf(verdict), "Because.")
                        .build())
                .toList();

        Summary summary = summarize(SampleRun.of(records), records);

        assertThat(summary.verdict()).isEqualTo(expected);
        assertThat(summary.exitCode()).isEqualTo(exitCode);
        assertThat(summary.experiments())
                .singleElement()
                .satisfies(one -> assertThat(one.verdict()).isEqualTo(expected));
    }

    @ParameterizedTest
    @DisplayName("When a command was restarted, then the summary has the answer of its gravest cycle; else it has none")
    @CsvSource(textBlock = """
        served,    , false, at_once
        served,    , true,  after_a_wait
        unserved,  , false, does_not_serve
        unserved,  , true,  does_not_serve
        served,   3, false, ends_again
        """)
    void comesBack(String served, @Nullable Integer newExitCode, boolean late, Summary.ComesBack.Answer answer) {
        var clients = new ClientView(5, 0, 0, 0, Map.of(), null, null, null, null, served.equals("served"), null);
        RecordBuilder second = new RecordBuilder("stop", 2)
                .downtime(5, clients)
                .program(new Program(null, null, null, 0, null, newExitCode, null, null, 300.0, null, "output.log"));
        if (late) {
            second.failed(200, "bind", Cause.time_wait);
        }
        List<CycleRecord> records = List.of(
                new RecordBuilder("stop", 1)
                        .bound(300)
                        .program(new Program(null, null, null, 0, null, null, null, null, 300.0, null, "output.log"))
                        .build(),
                second.bound(60_800).build());

        assertThat(summarize(SampleRun.of(records), records).experiments())
                .singleElement()
                .satisfies(one -> assertThat(
                                Objects.requireNonNull(one.comesBack()).answer())
                        .isEqualTo(answer));
        List<CycleRecord> own = List.of(new RecordBuilder("stop", 1).bound(300).build());
        assertThat(summarize(SampleRun.of(own), own).experiments())
                .singleElement()
                .satisfies(one -> assertThat(one.comesBack()).isNull());
    }

    @Test
    @DisplayName("When clients were without service twice, then the summary has the longest time and all together")
    void inAll() {
        List<CycleRecord> records = List.of(new RecordBuilder("stop", 1)
                .downtimes(300, 450, new ClientView(5, 0, 0, 0, Map.of(), null))
                .build());

        assertThat(summarize(SampleRun.of(records), records).experiments())
                .singleElement()
                .satisfies(one -> {
                    assertThat(Objects.requireNonNull(one.downtimeMs()).max()).isEqualTo(300);
                    assertThat(Objects.requireNonNull(one.downtimeTotalMs()).max())
                            .isEqualTo(450);
                });
    }

    @Test
    @DisplayName(
            "When a restart has no downtime, then how long it was until the bind is known still; a server that was to"
                    + " run on has none")
    void stopToBound() {
        List<CycleRecord> records = List.of(
                new RecordBuilder("one", 1)
                        .restarted("process", "client")
                        .bound(300)
                        .build(),
                new RecordBuilder("two", 1)
                        .restarted("process", "none")
                        .bound(300)
                        .build());

        List<Summary.ExperimentSummary> experiments =
                summarize(SampleRun.of(records), records).experiments();

        assertThat(experiments.getFirst().stopToBoundMs())
                .isNotNull()
                .satisfies(times -> assertThat(times.p50()).isEqualTo(300));
        assertThat(experiments.getFirst().downtimeMs()).isNull();
        assertThat(experiments.getLast().stopToBoundMs()).isNull();
    }

    @Test
    @DisplayName("When nothing was run, or less than planned, or the run was interrupted, then nothing has passed")
    void notRun() {
        List<CycleRecord> one = List.of(SampleRecords.reset());
        Run some = new Run(
                RecordBuilder.STOPPED,
                RecordBuilder.STOPPED,
                false,
                List.of(SampleRun.subject("reset", 2)),
                SampleRun.MACHINE);
        Run none = new Run(
                RecordBuilder.STOPPED,
                RecordBuilder.STOPPED,
                false,
                List.of(SampleRun.subject("reset", 1)),
                SampleRun.MACHINE);

        assertThat(summarize(SampleRun.of(one), one).exitCode()).isZero();
        assertThat(summarize(SampleRun.of(one, true), one).exitCode()).isEqualTo(3);
        assertThat(summarize(some, one).verdict()).isEqualTo(Verdict.Inconclusive);
        assertThat(summarize(none, List.of()).exitCode()).isEqualTo(3);
        assertThat(summarize(SampleRun.of(List.of()), List.of()).exitCode()).isEqualTo(3);
    }

    @Test
    @DisplayName("When cycles failed, then they are counted by cause and errno, and a cycle without a bind is neither")
    void counts() {
        List<CycleRecord> records = SampleRecords.all().stream()
                .map(record -> new CycleRecordRenamed(record).as("all"))
                .toList();

        Summary.ExperimentSummary all =
                summarize(SampleRun.of(records), records).experiments().getFirst();

        assertThat(all.bound() + all.failed() + all.withoutBind()).isEqualTo(all.cycles());
        assertThat(all.withoutBind()).isEqualTo(1);
        assertThat(all.failedByErrno()).isEqualTo(Map.of("EADDRINUSE", all.failed()));
        assertThat(all.failedByCause().values().stream().mapToInt(i -> i).sum()).isEqualTo(all.failed());
        assertThat(all.failedByCause()).containsEntry("outgoing", 1).containsEntry("unknown", 1);
    }

    @ParameterizedTest
    @DisplayName(
            "When a release is known to lie between two binds, then the window held or missed only where that decides it")
    @CsvSource({
        "60.5, 61.5, held",
        "59.9, 60.1, unclear",
        "61.9, 62.9, unclear",
        "62.1, 62.2, missed",
        "59.0, 59.9, missed",
        "44.0, 45.0, early",
        ", 61.0, unclear",
    })
    void window(@Nullable Double stillSeconds, double boundSeconds, String expected) {
        CycleRecord record = new RecordBuilder("window", 1)
                .failed(
                        5,
                        "bind",
                        Cause.time_wait,
                        new Blocking("TIME_WAIT", "127.0.0.1:18080", "127.0.0.1:61000", 59_900L, null, null, 1))
                .release(new ReleaseTimes(
                        60_000d,
                        62_048d,
                        null,
                        boundSeconds * 1_000,
                        stillSeconds == null ? null : stillSeconds * 1_000,
                        null))
                .build();

        Summary.Windows windows = summarize(SampleRun.of(List.of(record)), List.of(record))
                .experiments()
                .getFirst()
                .releaseWindows();

        assertThat(windows)
                .isEqualTo(new Summary.Windows(
                        expected.equals("held") ? 1 : 0,
                        expected.equals("missed") ? 1 : 0,
                        expected.equals("unclear") ? 1 : 0,
                        expected.equals("early") ? 1 : 0));
    }

    private record CycleRecordRenamed(CycleRecord record) {
        CycleRecord as(String experiment) {
            var json =
                    dev.rebind.record.Json.mapper().<com.fasterxml.jackson.databind.node.ObjectNode>valueToTree(record);
            return dev.rebind.record.Json.mapper().convertValue(json.put("experiment", experiment), CycleRecord.class);
        }
    }

    @Test
    @DisplayName("When releases were waited for, then the prediction's error counts only where there was a prediction")
    void predictions() {
        List<CycleRecord> records = List.of(SampleRecords.waitItOut(1), SampleRecords.waitItOut(2));

        Summary.ExperimentSummary one =
                summarize(SampleRun.of(records), records).experiments().getFirst();

        assertThat(one.predictionErrorMs()).isEqualTo(new Distribution(1, 3.125, 3.125, 3.125, 3.125, 3.125));
        assertThat(one.releaseWindows()).isEqualTo(new Summary.Windows(2, 0, 0, 0));
        assertThat(one.downtimeMs()).isNotNull();
        List<CycleRecord> none = List.of(SampleRecords.serverClosesFirst());
        assertThat(summarize(SampleRun.of(none), none).experiments().getFirst()).satisfies(unwaited -> {
            assertThat(unwaited.predictionErrorMs()).isNull();
            assertThat(unwaited.releaseWindows()).isNull();
            assertThat(unwaited.downtimeMs()).isNull();
        });
    }

    @Test
    @DisplayName("When percentiles are taken, then each is a figure that was measured")
    void percentiles() {
        double[] hundred =
                IntStream.rangeClosed(1, 100).mapToDouble(i -> 101 - i).toArray();

        assertThat(Distribution.of(hundred)).isEqualTo(new Distribution(100, 1, 50, 90, 99, 100));
        assertThat(Distribution.of(new double[] {7})).isEqualTo(new Distribution(1, 7, 7, 7, 7, 7));
        assertThat(Distribution.of(new double[] {3, 1})).isEqualTo(new Distribution(2, 1, 1, 3, 3, 3));
        assertThat(Distribution.of(new double[0])).isNull();
    }
}
