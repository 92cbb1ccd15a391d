package dev.rebind.client.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.client.protocol.ClientReport.RoundTripMs;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    @DisplayName("Percentiles are nearest-rank; without a round trip there are none")
    void percentiles() {
        var trips = new RoundTrips();
        assertThat(trips.summary()).isNull();
        for (int each = 100; each >= 1; each--) {
            trips.add(each * 1_000_000L);
        }
        assertThat(trips.summary()).isEqualTo(new RoundTripMs(100, 50, 90, 99, 100));
        trips.clear();
        trips.add(2_500_000);
        assertThat(trips.summary()).isEqualTo(new RoundTripMs(1, 2.5, 2.5, 2.5, 2.5));
    }

    @Test
    @DisplayName("Of very many round trips the last 65,536 count")
    void many() {
        var trips = new RoundTrips();
        for (int each = 0; each < 200_000; each++) {
            trips.add(each < 134_000 ? 9_000_000 : 1_000_000);
        }
        assertThat(trips.summary()).isEqualTo(new RoundTripMs(200_000, 1, 1, 1, 1));
    }

    @Property
    void backOffStaysInItsRange(
            @ForAll @IntRange(max = 200) int failures, @ForAll @DoubleRange(max = 1) double jitter) {
        var backOff = new BackOff(Duration.ofMillis(10), Duration.ofMillis(500), jitter, () -> 1);
        Duration pause = backOff.next();
        for (int failure = 0; failure < failures; failure++) {
            pause = backOff.next();
        }
        assertThat(pause).isBetween(Duration.ofMillis(1), Duration.ofMillis(500));
    }

    @Test
    @DisplayName("A pause doubles from failure to failure, and starts again after a success")
    void backOff() {
        var backOff = new BackOff(Duration.ofMillis(10), Duration.ofMillis(50), 0, () -> 1);
        assertThat(backOff.next()).isEqualTo(Duration.ofMillis(10));
        assertThat(backOff.next()).isEqualTo(Duration.ofMillis(20));
        assertThat(backOff.next()).isEqualTo(Duration.ofMillis(40));
        assertThat(backOff.next()).isEqualTo(Duration.ofMillis(50));
        backOff.succeeded();
        assertThat(backOff.next()).isEqualTo(Duration.ofMillis(10));
    }
}
