package dev.rebind.operator.run;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Pauses an experiment that waits for its target before it tries again. The pause grows with the time that the
 * experiment has waited, because each try asks the API server and the agents, and hundreds of experiments may wait.
 */
final class RetryPause {
    static final Duration SHORTEST = Duration.ofSeconds(3);
    static final Duration LONGEST = Duration.ofSeconds(15);
    private static final int SHARE = 10;

    /** The time within which a pause notices an order. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private RetryPause() {}

    /**
     * Blocks until the next try.
     *
     * @param began when the first try began, as {@link System#nanoTime()} gives it
     * @param deadline the time after {@code began} when the experiment gives up; null for never
     * @param waits returns false as soon as an order ends the wait
     */
    static void sleep(long began, @Nullable Duration deadline, BooleanSupplier waits) throws InterruptedException {
        Duration pause = after(Duration.ofNanos(System.nanoTime() - began), deadline);
        long until = System.nanoTime() + pause.toNanos();
        for (long left = pause.toNanos(); left > 0 && waits.getAsBoolean(); left = until - System.nanoTime()) {
            Thread.sleep(Duration.ofNanos(Math.min(left, LOOK.toNanos())));
        }
    }

    /**
     * Returns how long to pause before the next try.
     *
     * @param waited the time since the first try
     * @param deadline the time since the first try when the experiment gives up, after one more try; null for never
     */
    static Duration after(Duration waited, @Nullable Duration deadline) {
        Duration share = waited.dividedBy(SHARE);
        Duration pause = share.compareTo(SHORTEST) < 0 ? SHORTEST : share.compareTo(LONGEST) > 0 ? LONGEST : share;
        if (deadline == null) {
            return pause;
        }
        Duration left = deadline.minus(waited);
        return left.compareTo(SHORTEST) < 0 ? SHORTEST : left.compareTo(pause) < 0 ? left : pause;
    }
}
