package dev.rebind.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.expect.Outcome;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecordBuilder;
import dev.rebind.record.Sentence;
import dev.rebind.record.Verdict;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WatchedTest {
    private static final Instant BEGAN = Instant.parse("2026-11-30T10:00:00Z");

    private static CycleRecord record(int cycle, Instant stopped) {
        return new CycleRecordBuilder("killed", cycle)
                .place("kubernetes", "0.0.0.0", 8080)
                .way("listener", "server")
                .outcome(Outcome.bound)
                .stoppedAt(stopped)
                .build(Verdict.Pass, Sentence.of(List.of("Bound at once.")));
    }

    private static ExperimentStatus with(ExperimentStatus status, CycleRecord record) {
        return new StatusEdit(status, BEGAN).cycle(record, record.cycle() + 1).done();
    }

    @Test
    @DisplayName("When a status goes on cycle by cycle, then every record is known once")
    void once() {
        var watched = new Watched();
        ExperimentStatus one = with(ExperimentStatus.NEW, record(1, BEGAN));
        ExperimentStatus two = with(one, record(2, BEGAN.plusSeconds(1)));
        watched.see(one);
        watched.see(one);
        watched.see(two);
        assertThat(watched.twice()).isEmpty();
        assertThat(watched.records()).containsOnlyKeys(1, 2);
    }

    @Test
    @DisplayName("When a cycle is run again under another controller, then that is told")
    void twice() {
        var watched = new Watched();
        watched.see(with(ExperimentStatus.NEW, record(1, BEGAN)));
        watched.see(with(ExperimentStatus.NEW, record(1, BEGAN.plusSeconds(9))));
        assertThat(watched.twice()).singleElement().asString().contains("cycle 1 began at");
    }

    @Test
    @DisplayName("When a status counts fewer cycles than before, then that is told")
    void lost() {
        var watched = new Watched();
        watched.see(with(ExperimentStatus.NEW, record(1, BEGAN)));
        watched.see(ExperimentStatus.NEW);
        assertThat(watched.twice()).containsExactly("status.cycles.done went from 1 to 0");
    }
}
