package dev.rebind.sockets.release;

import java.util.OptionalLong;

/** When a socket stops standing in the way of a bind. All times are {@link System#nanoTime()} values. */
public sealed interface Release {
    /**
     * By itself, within a window.
     *
     * @param earliestNanos not before, unless a reset from the other end ends a TIME_WAIT sooner (RFC 1337)
     * @param latestNanos not after, unless a segment from the other end sets a TIME_WAIT's timer anew
     *     ({@code tcp_timewait_state_process}, {@code net/ipv4/tcp_minisocks.c}), or the kernel runs its timers more than 20 ms
     *     late. Whoever tries now and then sees a release by so much later, and is to hold its last failed try against this
     * @param predictedNanos the point itself, where the phase of the timer wheel is known
     * @param caveat what could change it, empty where nothing
     */
    record Window(long earliestNanos, long latestNanos, OptionalLong predictedNanos, String caveat)
            implements Release {}

    /** When its owner closes it, and not before. */
    record Held(String why) implements Release {}

    /** By itself some day, which nobody here can tell. */
    record Unbounded(String why) implements Release {}

    /** Nothing stands in the way. */
    record Free() implements Release {}
}
