package dev.rebind.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.operator.resource.ExperimentStatus.Counts;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.SampleRecords;
import dev.rebind.record.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StatusEditTest {
    private static final Instant EARLY = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATE = Instant.parse("2026-01-01T00:05:00Z");

    private static StatusEdit edit(ExperimentStatus status, Instant now) {
        return new StatusEdit(status, now);
    }

    @Test
    @DisplayName("When an experiment goes on, then the time at which it first began stays")
    void started() {
        ExperimentStatus first = edit(ExperimentStatus.NEW, EARLY).started().done();
        assertThat(edit(first, LATE).started().done().startedAt()).isEqualTo(EARLY.toString());
    }

    @Test
    @DisplayName("When a cycle has its record, then it is counted, said in a sentence, and held briefly")
    void cycle() {
        ExperimentStatus status = edit(ExperimentStatus.NEW, EARLY)
                .cycle(SampleRecords.serverClosesFirst(), 2)
                .done();
        assertThat(SampleRecords.serverClosesFirst().timeline()).isNotEmpty();
        assertThat(status.records())
                .singleElement()
                .satisfies(record -> assertThat(record.timeline()).isNull());
        assertThat(status.cycles()).isEqualTo(new Counts(1, 0, 1, Map.of("time_wait", 1), 0, 0, 0));
        assertThat(SampleRecords.serverClosesFirst().explanation()).startsWith(status.lastCycle());
        assertThat(status.generations()).isEqualTo(2);
    }

    @Test
    @DisplayName("When there are more records than a status holds, then it holds the last ones and counts all")
    void lastRecords() {
        ExperimentStatus status = ExperimentStatus.NEW;
        for (int cycle = 1; cycle <= ExperimentStatus.RECORDS + 3; cycle++) {
            status = edit(status, EARLY)
                    .cycle(new RecordBuilder("many", cycle).build(), cycle + 1)
                    .done();
        }
        assertThat(status.records())
                .extracting(CycleRecord::cycle)
                .hasSize(ExperimentStatus.RECORDS)
                .startsWith(4)
                .endsWith(ExperimentStatus.RECORDS + 3);
        assertThat(status.cycles().done()).isEqualTo(ExperimentStatus.RECORDS + 3);
    }

    @Test
    @DisplayName("When it is over, then phase, verdict and time say so and what was counted stays")
    void over() {
        var counts = new Counts(1, 0, 1, Map.of("time_wait", 1), 0, 0, 0);
        ExperimentStatus status = edit(ExperimentStatus.NEW, EARLY)
                .about(3L, "one", "Deployment/web", "process")
                .started()
                .phase(Phase.Running)
                .cycle(counts, "off→off", "It failed.", 2, List.of(SampleRecords.serverClosesFirst()))
                .done();
        ExperimentStatus over =
                edit(status, LATE).over(Phase.Completed, Verdict.Pass).done();

        assertThat(over.phase()).isEqualTo(Phase.Completed);
        assertThat(over.verdict()).isEqualTo(Verdict.Pass);
        assertThat(over.completedAt()).isEqualTo(LATE.toString());
        assertThat(over)
                .usingRecursiveComparison()
                .ignoringFields("phase", "verdict", "completedAt")
                .isEqualTo(status);
        assertThat(over.cycles()).isEqualTo(counts);
        assertThat(over.reuse()).isEqualTo("off→off");
    }

    @Test
    @DisplayName("When another controller claims it, then what is known of the target stays")
    void claimed() {
        ExperimentStatus status = edit(ExperimentStatus.NEW, EARLY)
                .about(1L, "one", "Deployment/web", "process")
                .done();
        ExperimentStatus claimed =
                edit(status, LATE).about(2L, "two", null, null).done();
        assertThat(claimed.controller()).isEqualTo("two");
        assertThat(claimed.observedGeneration()).isEqualTo(2);
        assertThat(claimed.target()).isEqualTo("Deployment/web");
        assertThat(claimed.mode()).isEqualTo("process");
    }

    @Test
    @DisplayName("When a condition is set, then it is about the generation that was looked at")
    void generation() {
        ExperimentStatus status = edit(ExperimentStatus.NEW, EARLY)
                .about(7L, "one", null, null)
                .condition("Accepted", Truth.True, "Accepted", "the experiment can run")
                .done();
        assertThat(status.conditions())
                .singleElement()
                .extracting(ExperimentStatus.Condition::observedGeneration)
                .isEqualTo(7L);
    }
}
