package dev.rebind.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.Cause;
import dev.rebind.record.clients.RequestTotals;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotalsTest {
    @Provide
    static Arbitrary<List<CycleRecord>> records() {
        return RandomRecords.of("random");
    }

    @Test
    @DisplayName("When records are counted, then each counts once by its outcome and, where it failed, by its cause")
    void counts() {
        assertThat(Totals.of(List.of(
                        SampleRecords.serverClosesFirst(),
                        SampleRecords.waitItOut(1),
                        SampleRecords.clientStalls(),
                        SampleRecords.reset())))
                .isEqualTo(new Totals(
                        4, 1, 3, Map.of("time_wait", 2, "fin_wait2", 1), Map.of(Verdict.Pass, 4), RequestTotals.NONE));
    }

    @Test
    @DisplayName("When a cycle could not be carried out, then it is neither bound nor failed")
    void withoutBind() {
        Totals totals = Totals.of(SampleRecords.broken());
        assertThat(totals).isEqualTo(new Totals(1, 0, 0, Map.of(), Map.of(Verdict.Error, 1), RequestTotals.NONE));
        assertThat(totals.withoutBind()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "When a failed bind has no cause, then it counts as unknown, so that the causes add up to the failures")
    void withoutCause() {
        CycleRecord record = new RecordBuilder("one", 1).failed(1, "bind", null).build();
        assertThat(Totals.of(record).failedByCause()).isEqualTo(Map.of(Cause.unknown.name(), 1));
    }

    @Test
    @DisplayName("When requests failed, then they add up by cause, and count as unknown where a record tells none")
    void requests() {
        Totals totals = Totals.of(List.of(
                new RecordBuilder("one", 1)
                        .requests(
                                20,
                                Map.of("refused", 4L, "reset", 1L),
                                Map.of("refused_while_nobody_listened", 4L, "reset_by_old_server", 1L))
                        .build(),
                new RecordBuilder("one", 2)
                        .requests(10, Map.of("refused", 3L), Map.of("refused_while_nobody_listened", 3L))
                        .build(),
                new RecordBuilder("one", 3)
                        .requests(5, Map.of("refused", 2L), null)
                        .build(),
                SampleRecords.reset()));
        assertThat(totals.requests())
                .isEqualTo(new RequestTotals(
                        35, 25, Map.of("refused_while_nobody_listened", 7L, "reset_by_old_server", 1L, "unknown", 2L)));
        assertThat(totals.requests().failed()).isEqualTo(10);
    }

    @Test
    @DisplayName(
            "When a cause has a name that this version does not know, then it counts as unknown, so that the names stay few")
    void strangeCause() {
        assertThat(new RequestTotals(9, 0, Map.of("of_a_later_version", 4L, "unknown", 5L)).failedByCause())
                .isEqualTo(Map.of("unknown", 9L));
    }

    @ParameterizedTest
    @DisplayName(
            "When cycles differ, then one that failed decides, then one that could not be run, then a doubtful one")
    @CsvSource({
        "Pass,                         , Completed, Pass",
        "Pass Pass,                   2, Completed, Pass",
        "Pass Inconclusive,            , Completed, Inconclusive",
        "Inconclusive Error Pass,      , Completed, Error",
        "Error Fail Inconclusive Pass, , Completed, Fail",
        "Pass,                        2, Completed, Inconclusive",
        "Fail,                        2, Completed, Fail",
        "Pass,                         , Running,   Inconclusive",
        "Pass,                         , Aborted,   Inconclusive",
        "Error,                        , Aborted,   Error",
        "Fail,                         , Aborted,   Fail",
        "Pass,                         , Error,     Error",
        "Fail,                         , Error,     Fail",
    })
    void verdict(String verdicts, @Nullable Integer planned, Phase phase, Verdict expected) {
        List<CycleRecord> records = Arrays.stream(verdicts.split(" "))
                .map(verdict -> new RecordBuilder("one", 1)
                        .judged(Verdict.valueOf(verdict), "Because.")
                        .build())
                .toList();
        assertThat(Totals.of(records).verdict(planned, phase)).isEqualTo(expected);
    }

    @Test
    @DisplayName(
            "When no cycle was run, then that is no pass, and no error either unless the experiment could not go on")
    void none() {
        assertThat(Totals.NONE.verdict(null, Phase.Completed)).isEqualTo(Verdict.Inconclusive);
        assertThat(Totals.NONE.verdict(3, Phase.Aborted)).isEqualTo(Verdict.Inconclusive);
        assertThat(Totals.NONE.verdict(3, Phase.Error)).isEqualTo(Verdict.Error);
    }

    @Property
    void partsAddUpToTheWhole(@ForAll("records") List<CycleRecord> some, @ForAll("records") List<CycleRecord> others) {
        Totals oneAfterTheOther = Totals.of(some);
        for (CycleRecord record : others) {
            oneAfterTheOther = oneAfterTheOther.plus(record);
        }
        assertThat(Totals.of(some).plus(Totals.of(others))).isEqualTo(oneAfterTheOther);
        assertThat(Totals.of(others).plus(Totals.of(some))).isEqualTo(oneAfterTheOther);
    }

    @Property
    void everyCycleCountsOnce(@ForAll("records") List<CycleRecord> records) {
        Totals totals = Totals.of(records);
        assertThat(totals.cycles()).isEqualTo(records.size());
        assertThat(totals.withoutBind()).isNotNegative();
        assertThat(sum(totals.failedByCause())).isEqualTo(totals.failed());
        assertThat(sum(totals.verdicts())).isEqualTo(totals.cycles());
    }

    @Property
    void theExitCodeFollowsFromTheVerdict(@ForAll("records") List<CycleRecord> records, @ForAll Phase phase) {
        Totals totals = Totals.of(records);
        boolean failed = totals.count(Verdict.Fail) > 0;
        boolean passed = phase == Phase.Completed && !records.isEmpty() && totals.count(Verdict.Pass) == records.size();
        assertThat(totals.verdict(null, phase).exitCode()).isEqualTo(failed ? 1 : passed ? 0 : 3);
    }

    private static int sum(Map<?, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
}
