package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultiPodRunnerTest {
    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "2,2", "3,2", "5,2", "5,100"})
    @DisplayName(
            "Whenever a run is broken off, then what was done and what is left are all cycles, each once, round by round")
    void rounds(int pods, int concurrency) {
        var order = new ArrayList<Integer>();
        int done = 0;
        while (done < 3 * pods) {
            int together = MultiPodRunner.together(done, pods, concurrency);
            assertThat(together).isBetween(1, Math.min(concurrency, pods));
            assertThat(done / pods).as("one round").isEqualTo((done + together - 1) / pods);
            for (int i = 0; i < together; i++) {
                order.add((done + i) % pods);
            }
            done += together;
            int counted = done;
            List<Integer> before = order.subList(0, done);
            for (int member = 0; member < pods; member++) {
                int number = member;
                assertThat((long) MultiPodRunner.done(counted, pods, number))
                        .isEqualTo(before.stream().filter(one -> one == number).count());
            }
        }
        assertThat(done).isEqualTo(3 * pods);
    }
}
