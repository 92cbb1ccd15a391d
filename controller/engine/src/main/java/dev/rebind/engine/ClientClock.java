package dev.rebind.engine;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Converts times of the clients' clock to {@link System#nanoTime()} of this process. Each report of the clients was made between the
 * request for it and its arrival, which limits the offset between the two clocks. So the clients may run on another machine, and the two
 * wall clocks need not agree. For one thread.
 */
final class ClientClock {
    /** The relative drift between the clocks of two machines that is allowed for: several times what remains after NTP. */
    private static final double DRIFT = 100e-6;

    /** An event lies between these two times of {@link System#nanoTime()}. */
    record Span(long earliestNanos, long latestNanos) {}

    private @Nullable Instant origin;
    private long earliest;
    private long latest;
    private long longest;

    /** Forgets all comparisons, because the clients begin a new time scale. */
    void restart() {
        origin = null;
        longest = 0;
    }

    /**
     * Adds a comparison: a report was requested and received.
     *
     * @param beforeNanos when it was requested, by {@link System#nanoTime()}
     * @param at when the report was made, by the clients' clock
     * @param afterNanos when it was received, by {@link System#nanoTime()}
     */
    void reported(long beforeNanos, Instant at, long afterNanos) {
        Instant from = origin;
        if (from == null) {
            origin = at;
            earliest = beforeNanos;
            latest = afterNanos;
            return;
        }
        long since = Duration.between(from, at).toNanos();
        longest = Math.max(longest, Math.abs(since));
        earliest = Math.max(earliest - latest, beforeNanos - since - latest) + latest;
        latest = Math.min(latest - earliest, afterNanos - since - earliest) + earliest;
    }

    /** The largest error of a converted time, in either direction; null if the clocks could not be compared. */
    @Nullable
    Duration tolerance() {
        long width = latest - earliest;
        long drift = drift();
        return origin == null || width + 2 * drift < 0 ? null : Duration.ofNanos(Math.max(0, width / 2) + drift);
    }

    private long drift() {
        return Math.round(longest * DRIFT);
    }

    /** Converts a period of the clients' clock to the widest possible one of this process; null if the clocks could not be compared. */
    @Nullable
    Span here(Instant from, Instant to) {
        Instant start = origin;
        if (start == null || tolerance() == null) {
            return null;
        }
        // Because of drift, the lower bound may exceed the upper one.
        long low = Math.min(0, latest - earliest) + earliest;
        long high = Math.max(0, latest - earliest) + earliest;
        return new Span(
                low + Duration.between(start, from).toNanos() - drift(),
                high + Duration.between(start, to).toNanos() + drift());
    }
}
