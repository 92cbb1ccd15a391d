package dev.rebind.child;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MomentTest {
    @Test
    @DisplayName("When a time of one clock is turned into the other's and back, then it is the same time")
    void both_ways() {
        var moment = new Moment(Instant.parse("2026-01-01T00:00:00Z"), 5_000_000_000L);
        assertThat(moment.instantOf(4_000_000_000L)).isEqualTo("2025-12-31T23:59:59Z");
        assertThat(moment.nanosOf(Instant.parse("2026-01-01T00:00:00.25Z"))).isEqualTo(5_250_000_000L);
        assertThat(moment.millisTo(5_001_234_567L)).isEqualTo(1.235);
    }

    @Test
    @DisplayName("When it is taken, then it lies between the readings of either clock before and after")
    void between() {
        for (int i = 0; i < 1_000; i++) {
            long before = System.nanoTime();
            Moment now = Moment.now();
            assertThat(now.nanos()).isBetween(before, System.nanoTime());
        }
    }
}
