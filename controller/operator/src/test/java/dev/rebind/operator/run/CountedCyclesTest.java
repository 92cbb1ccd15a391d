package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordBuilder;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CountedCyclesTest {
    private static ExperimentStatus add(ExperimentStatus status, int cycle) {
        CycleRecord record = new RecordBuilder("counted", cycle).build();
        return new StatusEdit(status, Instant.EPOCH).cycle(record, 0).done();
    }

    @Test
    @DisplayName("When cycles were counted in turn, then those are counted and no others")
    void inTurn() {
        ExperimentStatus status = ExperimentStatus.NEW;
        for (int cycle = 1; cycle <= 50; cycle++) {
            status = add(status, cycle);
            assertThat(CountedCycles.of(status)).isEqualTo(new CountedCycles(cycle, Set.of()));
        }
    }

    @Test
    @DisplayName("When a cycle was lost beside others, then the status tells which one is left")
    void ahead() {
        ExperimentStatus status = add(add(add(ExperimentStatus.NEW, 1), 3), 4);
        assertThat(CountedCycles.of(status)).isEqualTo(new CountedCycles(1, Set.of(3, 4)));
        assertThat(CountedCycles.of(add(status, 2))).isEqualTo(new CountedCycles(4, Set.of()));
    }

    @Test
    @DisplayName("When cycles are lost at random, then a status always tells which are counted")
    void random() {
        var random = new Random(7);
        for (int run = 0; run < 200; run++) {
            ExperimentStatus status = ExperimentStatus.NEW;
            CountedCycles counted = CountedCycles.NONE;
            int pods = 1 + random.nextInt(40);
            for (int round = 0; round < 30; round++) {
                for (int cycle : MultiPodRunner.together(counted, pods, 1 + random.nextInt(40))) {
                    if (random.nextBoolean() && counted.mayAdd(cycle)) {
                        status = add(status, cycle);
                        counted = counted.with(cycle);
                        assertThat(CountedCycles.of(status)).isEqualTo(counted);
                    }
                }
            }
        }
    }
}
