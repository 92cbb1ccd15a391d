package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPauseTest {
    @ParameterizedTest
    @CsvSource({"0, 3", "30, 3", "60, 6", "150, 15", "86400, 15"})
    @DisplayName("When an experiment has waited for long, then it tries less often, and every 15 s at least")
    void grows(long waited, long pause) {
        assertThat(RetryPause.after(Duration.ofSeconds(waited), null)).isEqualTo(Duration.ofSeconds(pause));
    }

    @Test
    @DisplayName("When the deadline comes before the next try, then the next try is at the deadline")
    void deadline() {
        assertThat(RetryPause.after(Duration.ofSeconds(200), Duration.ofSeconds(207)))
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(RetryPause.after(Duration.ofSeconds(200), Duration.ofSeconds(201)))
                .isEqualTo(RetryPause.SHORTEST);
        assertThat(RetryPause.after(Duration.ofSeconds(1), Duration.ofSeconds(3)))
                .isEqualTo(RetryPause.SHORTEST);
    }
}
