package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Counts;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecord.Verdict;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.SampleRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TallyTest {
    @Test
    @DisplayName("When records are counted, then each counts once by its outcome and, where it failed, by its cause")
    void counts() {
        Counts counts = Counts.NONE;
        for (CycleRecord record : List.of(
                SampleRecords.serverClosesFirst(),
                SampleRecords.waitItOut(1),
                SampleRecords.clientStalls(),
                SampleRecords.reset())) {
            counts = Tally.add(counts, record);
        }
        assertThat(counts).isEqualTo(new Counts(4, 1, 3, Map.of("time_wait", 2, "fin_wait2", 1), 0, 0, 0));
    }

    @Test
    @DisplayName("When a cycle could not be carried out, then it is neither bound nor failed")
    void broken() {
        assertThat(Tally.add(Counts.NONE, SampleRecords.broken())).isEqualTo(new Counts(1, 0, 0, Map.of(), 0, 0, 1));
    }

    @Test
    @DisplayName(
            "When cycles differ, then a failed one decides, then one that could not be carried out, then a doubtful one")
    void verdict() {
        Counts pass = counts(Verdict.Pass);
        assertThat(Tally.verdict(pass)).isEqualTo(Verdict.Pass);
        assertThat(Tally.verdict(counts(Verdict.Pass, Verdict.Inconclusive))).isEqualTo(Verdict.Inconclusive);
        assertThat(Tally.verdict(counts(Verdict.Inconclusive, Verdict.Error, Verdict.Pass)))
                .isEqualTo(Verdict.Error);
        assertThat(Tally.verdict(counts(Verdict.Error, Verdict.Fail, Verdict.Inconclusive)))
                .isEqualTo(Verdict.Fail);
    }

    @Test
    @DisplayName("When no cycle was run, then that is no pass")
    void none() {
        assertThat(Tally.verdict(Counts.NONE)).isEqualTo(Verdict.Error);
    }

    @Test
    @DisplayName("When there are more records than a status holds, then it holds the last ones")
    void last() {
        List<CycleRecord> last = List.of();
        for (int cycle = 1; cycle <= ExperimentStatus.RECORDS + 3; cycle++) {
            last = Tally.last(last, new RecordBuilder("many", cycle).build());
        }
        assertThat(last)
                .extracting(CycleRecord::cycle)
                .hasSize(ExperimentStatus.RECORDS)
                .startsWith(4)
                .endsWith(ExperimentStatus.RECORDS + 3);
    }

    @Test
    @DisplayName("When a record is held, then it is held briefly")
    void brief() {
        assertThat(SampleRecords.serverClosesFirst().timeline()).isNotEmpty();
        assertThat(Tally.last(List.of(), SampleRecords.serverClosesFirst())
                        .getFirst()
                        .timeline())
                .isNullOrEmpty();
    }

    private static Counts counts(Verdict... verdicts) {
        Counts counts = Counts.NONE;
        var cycle = new ArrayList<Verdict>();
        for (Verdict verdict : verdicts) {
            cycle.add(verdict);
            counts = Tally.add(
                    counts,
                    new RecordBuilder("verdicts", cycle.size())
                            .judged(verdict, "Made up.")
                            .build());
        }
        return counts;
    }
}
