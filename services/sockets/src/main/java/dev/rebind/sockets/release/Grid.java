package dev.rebind.sockets.release;

/**
 * The points in time at which timers of one level fire.
 *
 * @param tickNanos length of a tick
 * @param origin when the count of ticks was 0, or any other point of a grid of {@code ticks}
 * @param ticks distance of the points for which {@code origin} is known: a level of this granularity or a finer one is known too
 */
record Grid(long tickNanos, Origin origin, long ticks) {
    /** A moment known to lie between two others, in {@link System#nanoTime()}. */
    record Origin(long fromNanos, long toNanos) {
        long middle() {
            return fromNanos + (toNanos - fromNanos) / 2;
        }

        long uncertainty() {
            return toNanos - fromNanos;
        }
    }

    boolean knows(long granularity) {
        return ticks % granularity == 0;
    }

    /**
     * The first firing point after a nominal end, given as a moment; both in {@link System#nanoTime()}. A nominal end
     * lies on a tick, so the point after it is at least one tick later.
     */
    long fires(long nominalEndNanos, long granularity) {
        long distance = granularity * tickNanos;
        return origin.middle() + (Math.floorDiv(nominalEndNanos - origin.middle(), distance) + 1) * distance;
    }
}
