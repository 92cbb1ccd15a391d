package dev.rebind.cycle;

import java.time.Instant;

/** One moment on both clocks: {@link System#nanoTime()} to measure with, the wall clock to tell people. */
record Moment(Instant at, long nanos) {
    static Moment now() {
        return new Moment(Instant.now(), System.nanoTime());
    }

    /** Milliseconds from this moment to {@code nanos}, at a resolution of a microsecond. */
    double millisTo(long nanos) {
        return Math.round((nanos - this.nanos) / 1e3) / 1e3;
    }

    Instant instantOf(long nanos) {
        return at.plusNanos(nanos - this.nanos);
    }
}
