package dev.rebind.bench;

import java.util.Arrays;

/**
 * When requests of a schedule came, by a server's own log. Times are of CLOCK_MONOTONIC, in nanoseconds, which is also {@link
 * System#nanoTime()}. Pure.
 */
final class Arrivals {
    private static final long SECOND = 1_000_000_000;

    private final long[] times;
    private final long fromNanos;
    private final int seconds;
    private final int perSecond;

    /**
     * @param times of all requests, in any order
     * @param fromNanos where the seconds that count begin
     */
    Arrivals(long[] times, long fromNanos, int seconds, int perSecond) {
        this.fromNanos = fromNanos;
        this.seconds = seconds;
        this.perSecond = perSecond;
        this.times = Arrays.stream(times)
                .filter(at -> at - fromNanos >= 0 && at - fromNanos < seconds * SECOND)
                .sorted()
                .toArray();
    }

    int count() {
        return times.length;
    }

    /** By how many percent of the schedule their number differs from it. */
    double off() {
        return off(times.length, (double) perSecond * seconds);
    }

    /** The same of the second that differs most. */
    double offInWorstSecond() {
        var each = new long[seconds];
        for (long at : times) {
            each[(int) ((at - fromNanos) / SECOND)]++;
        }
        return Arrays.stream(each)
                .mapToDouble(one -> off((double) one, perSecond))
                .max()
                .orElse(100);
    }

    private static double off(double count, double wanted) {
        return Math.abs(count - wanted) * 100 / wanted;
    }

    /**
     * How much later than due the n-th request came, in ms, sorted. That one which came soonest after its time counts as due when it
     * came, as the log does not know the schedule's beginning.
     */
    double[] lateMillis() {
        var late = new double[times.length];
        long least = Long.MAX_VALUE;
        for (int number = 0; number < times.length; number++) {
            least = Math.min(least, since(number));
        }
        for (int number = 0; number < times.length; number++) {
            late[number] = (since(number) - least) / 1e6;
        }
        Arrays.sort(late);
        return late;
    }

    private long since(int number) {
        return times[number] - fromNanos - number * SECOND / perSecond;
    }

    /** By nearest rank. */
    static double percentile(double[] sorted, double percent) {
        return sorted[Math.clamp((int) Math.ceil(percent / 100 * sorted.length) - 1, 0, sorted.length - 1)];
    }
}
