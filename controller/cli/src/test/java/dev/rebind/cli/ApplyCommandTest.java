package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Counts;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.record.Phase;
import dev.rebind.record.SampleRecords;
import dev.rebind.record.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ApplyCommandTest {
    private static StatusEdit status() {
        return new StatusEdit(ExperimentStatus.NEW, Instant.EPOCH);
    }

    @Test
    @DisplayName("When an experiment passed, then there is a record of it; a verdict without one is none")
    void passed() {
        var counts = new Counts(1, 1, 0, Map.of(), 0, 0, 0);
        assertThat(ApplyCommand.code(status().cycle(counts, null, "", 2, List.of(SampleRecords.reset()))
                        .over(Phase.Completed, Verdict.Pass)
                        .done()))
                .isEqualTo(0);
        assertThat(ApplyCommand.code(
                        status().over(Phase.Completed, Verdict.Pass).done()))
                .isEqualTo(3);
        assertThat(ApplyCommand.code(status().over(Phase.Completed, null).done()))
                .isEqualTo(3);
        assertThat(ApplyCommand.code(
                        status().over(Phase.Completed, Verdict.Fail).done()))
                .isEqualTo(1);
    }

    @Test
    @DisplayName("When one of several failed, then that is the exit code, whatever came of the others")
    void worse() {
        assertThat(ApplyCommand.worse(0, 3)).isEqualTo(3);
        assertThat(ApplyCommand.worse(3, 1)).isEqualTo(1);
        assertThat(ApplyCommand.worse(1, 3)).isEqualTo(1);
        assertThat(ApplyCommand.worse(0, 0)).isEqualTo(0);
    }
}
