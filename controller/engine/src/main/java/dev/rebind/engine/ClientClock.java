package dev.rebind.engine;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The clients' clock, compared with {@link System#nanoTime()} of this process by the reports that the clients gave: each was made
 * between the request and its answer. So the clients may be on another machine, and no wall clock matters. For one thread.
 */
final class ClientClock {
    /** By how much the clocks of two machines may drift apart; of what remains after NTP, a multiple. */
    private static final double DRIFT = 100e-6;

    /** A time between the two, of {@link System#nanoTime()}. */
    record Span(long earliestNanos, long latestNanos) {}

    private @Nullable Instant origin;
    private long earliest;
    private long latest;
    private long longest;

    /** The clients begin another time scale. */
    void restart() {
        origin = null;
        longest = 0;
    }

    /**
     * A report was asked for and came.
     *
     * @param at when it was made, by the clients' clock
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

    /** How far a time may be from the truth, either way; null where the clocks could not be compared. */
    @Nullable
    Duration tolerance() {
        long width = latest - earliest;
        long drift = drift();
        return origin == null || width + 2 * drift < 0 ? null : Duration.ofNanos(Math.max(0, width / 2) + drift);
    }

    private long drift() {
        return Math.round(longest * DRIFT);
    }

    /** The time from one to the other of the clients' clock; null where the clocks could not be compared. */
    @Nullable
    Span here(Instant from, Instant to) {
        Instant start = origin;
        if (start == null || tolerance() == null) {
            return null;
        }
        // Drift may have moved the bounds past each other.
        long low = Math.min(0, latest - earliest) + earliest;
        long high = Math.max(0, latest - earliest) + earliest;
        return new Span(
                low + Duration.between(start, from).toNanos() - drift(),
                high + Duration.between(start, to).toNanos() + drift());
    }
}
