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

        private Origin shifted(long nanos) {
            return new Origin(fromNanos + nanos, toNanos + nanos);
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

    /** How far a firing point of {@code other} lies from the nearest one of this grid; positive: later. */
    long disagreement(Grid other) {
        long distance = Math.min(ticks, other.ticks) * tickNanos;
        long later = Math.floorMod(other.origin.middle() - origin.middle(), distance);
        return later > distance / 2 ? later - distance : later;
    }

    /**
     * The two put together, where they agree: a firing is seen late, by a timer that runs late or a look that comes late, and
     * never early, so that of two that do not overlap the earlier one is nearer to the truth.
     */
    Grid with(Grid other) {
        if (other.ticks > ticks) {
            return other.with(this);
        }
        // The same point of the grid, seen twice.
        Origin again = other.origin.shifted(origin.middle() + disagreement(other) - other.origin.middle());
        long from = Math.max(origin.fromNanos, again.fromNanos);
        long to = Math.min(origin.toNanos, again.toNanos);
        if (from <= to) {
            return new Grid(tickNanos, new Origin(from, to), ticks);
        }
        return new Grid(tickNanos, origin.toNanos < again.fromNanos ? origin : again, ticks);
    }
}
