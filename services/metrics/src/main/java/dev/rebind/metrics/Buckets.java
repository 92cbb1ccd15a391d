package dev.rebind.metrics;

import java.time.Duration;
import java.util.Arrays;

/** The buckets of Rebind's histograms: chosen once, so that what several processes measured can be added up. */
public final class Buckets {
    private Buckets() {}

    /**
     * How long a service was away, or a port not bound: 10 ms to 120 s. They are close where leftovers end, which is 60 to
     * 62.05 s after the stop, so that a quantile of such waits is right to a second.
     */
    public static Duration[] outages() {
        return millis(
                10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 61_000, 62_000, 63_000, 65_000,
                70_000, 90_000, 120_000);
    }

    /** How long a read of the kernel's sockets took: 100 µs to 1 s. */
    public static Duration[] reads() {
        return micros(100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000);
    }

    /** How far a prediction was from what came: 1 ms to 2.5 s. */
    public static Duration[] errors() {
        return millis(1, 2, 5, 10, 25, 50, 100, 250, 1_000, 2_500);
    }

    /** How long a request took to its answer: 100 µs to 1 s. */
    public static Duration[] roundTrips() {
        return reads();
    }

    /** How long a container took to be there again, the kubelet's back-off of 10 s to 300 s included. */
    public static Duration[] waits() {
        return millis(500, 1_000, 2_500, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 180_000, 330_000);
    }

    private static Duration[] millis(long... values) {
        return Arrays.stream(values).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }

    private static Duration[] micros(long... values) {
        return Arrays.stream(values)
                .mapToObj(value -> Duration.ofNanos(value * 1_000))
                .toArray(Duration[]::new);
    }
}
