package dev.rebind.client.measure;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next attempt: doubled from {@code first} to {@code longest}, less a random share of up to {@code
 * jitter}, so that clients do not come in step. Not for several threads.
 */
public final class BackOff {
    private final Duration first;
    private final Duration longest;
    private final double jitter;
    private final DoubleSupplier random;
    private int failures;

    /**
     * @param jitter 0 to 1
     * @param random from 0 to 1
     */
    public BackOff(Duration first, Duration longest, double jitter, DoubleSupplier random) {
        this.first = first;
        this.longest = longest;
        this.jitter = jitter;
        this.random = random;
    }

    /** The pause after another failure; at least a millisecond. */
    public Duration next() {
        double doubled = first.toNanos() * Math.pow(2, Math.min(failures, 60));
        failures++;
        double pause = Math.min(doubled, (double) longest.toNanos()) * (1 - jitter * random.getAsDouble());
        return Duration.ofNanos(Math.max((long) pause, 1_000_000));
    }

    /** It worked: the next failure is a first one. */
    public void succeeded() {
        failures = 0;
    }
}
