package dev.rebind.client.measure;

import java.time.Instant;

/**
 * One moment by both clocks: turns times of the monotonic clock into wall clock time, the same one for the same time, however
 * often it is asked.
 */
public record Clock(Instant instant, long nanos) {
    public static Clock now() {
        return new Clock(Instant.now(), System.nanoTime());
    }

    /** The wall clock at {@code then}, as if nobody had set it since. */
    public Instant at(long then) {
        return instant.plusNanos(then - nanos);
    }
}
