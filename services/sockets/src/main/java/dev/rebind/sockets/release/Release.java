package dev.rebind.sockets.release;

import java.util.OptionalLong;

/** When a socket stops standing in the way of a bind. All times are {@link System#nanoTime()} values. */
public sealed interface Release {
    /**
     * By itself, within a window.
     *
     * @param earliestNanos not before, unless a reset from the other end ends a TIME_WAIT sooner (RFC 1337)
     * @param latestNanos not after
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
