package dev.rebind.diagnosis.ending;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When the other end does not answer keepalive")
class KeepaliveTest {
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private static Keepalive of(long toNext, Optional<Duration> silence, int tried, OptionalLong userTimeout) {
        return new Keepalive(Duration.ofSeconds(toNext), silence, IDLE, INTERVAL, 9, tried, userTimeout);
    }

    private static Optional<Duration> silent(long seconds) {
        return Optional.of(Duration.ofSeconds(seconds));
    }

    @Test
    @DisplayName("it ends an interval after the last probe")
    void count() {
        assertThat(of(5, silent(55), 0, OptionalLong.empty()).end()).isEqualTo(Duration.ofSeconds(5 + 9 * 10));
        assertThat(of(5, silent(75), 2, OptionalLong.empty()).end()).isEqualTo(Duration.ofSeconds(5 + 7 * 10));
        assertThat(of(5, Optional.empty(), 2, OptionalLong.empty()).end()).isEqualTo(Duration.ofSeconds(5 + 7 * 10));
    }

    @Test
    @DisplayName("a timer that was set before the other end spoke last is set again when it fires, and sends no probe")
    void spokeSince() {
        assertThat(of(20, silent(10), 0, OptionalLong.empty()).next()).isEqualTo(Duration.ofSeconds(50));
        assertThat(of(20, silent(40), 0, OptionalLong.empty()).next()).isEqualTo(Duration.ofSeconds(20));
        assertThat(of(5, silent(65), 1, OptionalLong.empty()).next()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    @DisplayName(
            "TCP_USER_TIMEOUT ends it at the first firing after a probe at which the silence is that long, whatever the count"
                    + " (idle 2 s, interval 3 s, count 9, timeout 7 s: 8 s measured)")
    void userTimeout() {
        var measured = new Keepalive(
                Duration.ofSeconds(2),
                silent(0),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                9,
                0,
                OptionalLong.of(7_000));
        assertThat(measured.end()).isEqualTo(Duration.ofSeconds(8));
        // Shorter than the idle time: one probe is sent all the same.
        assertThat(of(60, silent(0), 0, OptionalLong.of(1_000)).end()).isEqualTo(Duration.ofSeconds(70));
        // Longer than the count would take.
        assertThat(of(60, silent(0), 0, OptionalLong.of(300_000)).end()).isEqualTo(Duration.ofMinutes(5));
        // The first probe went out 5 s ago, and the silence is 65 s long.
        assertThat(of(5, silent(65), 1, OptionalLong.of(75_000)).end()).isEqualTo(Duration.ofSeconds(15));
        assertThat(of(5, Optional.empty(), 1, OptionalLong.of(75_000)).end()).isEqualTo(Duration.ofSeconds(15));
    }
}
