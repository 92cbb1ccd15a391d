package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UnavailabilityWatchdogTest {
    private final AtomicBoolean told = new AtomicBoolean();

    @Test
    @DisplayName(
            "When the server is gone for too long, then the cycle's thread is interrupted, and was told why before")
    void overdue() {
        try (var watch =
                new UnavailabilityWatchdog(Duration.ofMillis(1), Thread.currentThread(), () -> told.set(true))) {
            watch.begin();
            assertThatThrownBy(() -> Thread.sleep(Duration.ofMinutes(1))).isInstanceOf(InterruptedException.class);
        }
        assertThat(told).isTrue();
    }

    @Test
    @DisplayName("When the cycle is over, then nobody is interrupted any more")
    void inTime() throws InterruptedException {
        var watch = new UnavailabilityWatchdog(Duration.ofMillis(20), Thread.currentThread(), () -> told.set(true));
        watch.begin();
        watch.close();
        Thread.sleep(60);
        assertThat(told).isFalse();
    }

    @Test
    @DisplayName("When no limit is given, then none is watched")
    void unlimited() {
        try (var watch = new UnavailabilityWatchdog(null, Thread.currentThread(), () -> told.set(true))) {
            watch.begin();
        }
        assertThat(told).isFalse();
    }
}
