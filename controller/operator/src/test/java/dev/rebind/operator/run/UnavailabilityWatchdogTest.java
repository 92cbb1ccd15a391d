package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UnavailabilityWatchdogTest {
    private final AtomicInteger told = new AtomicInteger();
    private final FakeDelayedAction alarm = new FakeDelayedAction();

    private UnavailabilityWatchdog watch() {
        return new UnavailabilityWatchdog(Duration.ofSeconds(5), alarm, told::incrementAndGet);
    }

    @Test
    @DisplayName("When the server is gone for too long, then that is told, once")
    void overdue() {
        try (var watch = watch()) {
            watch.gone();
            watch.gone();
            alarm.ring();
        }
        assertThat(told).hasValue(1);
    }

    @Test
    @DisplayName(
            "When the server is bound in time, then nothing is told, even by an alarm that was taken back too late")
    void inTime() {
        try (var watch = watch()) {
            watch.gone();
            watch.bound();
            alarm.ringLate();
        }
        assertThat(told).hasValue(0);
    }

    @Test
    @DisplayName("When the server goes again, then its time begins anew")
    void again() {
        try (var watch = watch()) {
            watch.gone();
            watch.bound();
            watch.gone();
            assertThat(alarm.waiting()).isEqualTo(1);
            alarm.ring();
        }
        assertThat(told).hasValue(1);
    }

    @Test
    @DisplayName("When the watch is over, then nothing is told any more, and nothing is watched")
    void closed() {
        UnavailabilityWatchdog watch = watch();
        watch.gone();
        watch.close();
        watch.gone();
        alarm.ringLate();
        assertThat(told).hasValue(0);
        assertThat(alarm.waiting()).isZero();
    }

    @Test
    @DisplayName("When no limit is given, then none is watched")
    void unlimited() {
        try (var watch = new UnavailabilityWatchdog(null, alarm, told::incrementAndGet)) {
            watch.gone();
        }
        assertThat(alarm.begun()).isZero();
    }
}
