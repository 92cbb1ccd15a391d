package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClientClockTest {
    private static final Instant THERE = Instant.parse("2001-02-03T04:05:06Z");
    /** Near the end of the range, past which the monotonic clock goes on at the other end. */
    private static final long HERE = Long.MAX_VALUE - 1_000_000;

    private final ClientClock clock = new ClientClock();

    private static long at(double ms) {
        return HERE + Math.round(ms * 1e6);
    }

    private static Instant there(double ms) {
        return THERE.plusNanos(Math.round(ms * 1e6));
    }

    @Test
    @DisplayName("When two reports leave different doubts, then what neither of them excludes is left")
    void intersection() {
        // The true difference: THERE is HERE.
        clock.reported(at(-1), there(0), at(8));
        clock.reported(at(93), there(100), at(101));

        assertThat(Objects.requireNonNull(clock.tolerance())).isBetween(Duration.ofMillis(1), Duration.ofMillis(2));
        ClientClock.Span span = Objects.requireNonNull(clock.here(there(50), there(51)));
        assertThat(span.earliestNanos() - at(50)).isBetween(-1_100_000L, -1_000_000L);
        assertThat(span.latestNanos() - at(51)).isBetween(1_000_000L, 1_100_000L);
    }

    @Test
    @DisplayName(
            "When the two clocks drift apart a little, then a time is known less exactly; when by more, it is not known")
    void drift() {
        clock.reported(at(0), there(0), at(0.1));
        clock.reported(at(60_002), there(60_000), at(60_002.1));

        ClientClock.Span span = Objects.requireNonNull(clock.here(there(60_000), there(60_000)));
        assertThat(span.earliestNanos() - at(60_002)).isNegative();
        assertThat(span.latestNanos() - at(60_002)).isPositive();

        clock.reported(at(120_500), there(120_000), at(120_500.1));
        assertThat(clock.tolerance()).isNull();
        assertThat(clock.here(there(0), there(0))).isNull();
    }

    @Test
    @DisplayName(
            "Before a report nothing is known, and after a restart of the clients' time scale nothing of the former")
    void nothing() {
        assertThat(clock.here(THERE, THERE)).isNull();
        clock.reported(at(0), there(0), at(1));
        clock.restart();
        assertThat(clock.tolerance()).isNull();
    }
}
