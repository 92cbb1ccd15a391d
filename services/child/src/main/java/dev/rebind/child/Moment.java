package dev.rebind.child;

import java.time.Duration;
import java.time.Instant;

/**
 * One moment by both clocks: {@link System#nanoTime()} to measure with, the wall clock to tell people and other processes.
 * Turns the time of one into that of the other as if nobody had set the wall clock since.
 */
public record Moment(Instant at, long nanos) {
    /** The clocks are read one after the other, and this thread may lose its core in between: then they are read again. */
    private static final int READINGS = 10;
    /** Two readings so near count as one; each takes well under a microsecond. */
    private static final long NEAR_NANOS = 20_000;

    /** Now, by the reading of which the monotonic clock says that least time went by in it. */
    public static Moment now() {
        long nearest = Long.MAX_VALUE;
        Moment best = new Moment(Instant.EPOCH, 0);
        for (int reading = 0; reading < READINGS && nearest > NEAR_NANOS; reading++) {
            long before = System.nanoTime();
            Instant at = Instant.now();
            long after = System.nanoTime();
            if (after - before < nearest) {
                nearest = after - before;
                best = new Moment(at, before + nearest / 2);
            }
        }
        return best;
    }

    /** The wall clock at {@code then} of the monotonic one. */
    public Instant instantOf(long then) {
        return at.plusNanos(then - nanos);
    }

    /** The monotonic clock at {@code then} of the wall clock, which another process of this machine may have read. */
    public long nanosOf(Instant then) {
        return nanos + Duration.between(at, then).toNanos();
    }

    /** Milliseconds from this moment to {@code then} of the monotonic clock, at a resolution of a microsecond. */
    public double millisTo(long then) {
        return Math.round((then - nanos) / 1e3) / 1e3;
    }
}
