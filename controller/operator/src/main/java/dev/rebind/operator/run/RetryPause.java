package dev.rebind.operator.run;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long an experiment that waits for its target pauses until it tries again: longer the longer it has waited, because each
 * try asks the API server and the agents, and hundreds of experiments may wait.
 */
final class RetryPause {
    static final Duration SHORTEST = Duration.ofSeconds(3);
    static final Duration LONGEST = Duration.ofSeconds(15);
    private static final int SHARE = 10;

    /** An order is noticed within this time. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private RetryPause() {}

    /**
     * Blocks until the next try.
     *
     * @param began the first try, in {@link System#nanoTime()}
     * @param deadline as of {@link #after}
     * @param waits false as soon as an order ends the wait
     */
    static void sleep(long began, @Nullable Duration deadline, BooleanSupplier waits) throws InterruptedException {
        Duration pause = after(Duration.ofNanos(System.nanoTime() - began), deadline);
        long until = System.nanoTime() + pause.toNanos();
        for (long left = pause.toNanos(); left > 0 && waits.getAsBoolean(); left = until - System.nanoTime()) {
            Thread.sleep(Duration.ofNanos(Math.min(left, LOOK.toNanos())));
        }
    }

    /**
     * @param waited since the first try
     * @param deadline after which the experiment gives up; it tries once more then. Null: never
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
