package dev.rebind.bench;

import java.util.Arrays;

/**
 * Evaluates when the requests of a schedule arrived, by the server's own log. Times are in nanoseconds of CLOCK_MONOTONIC, which is also
 * the clock of {@link System#nanoTime()}.
 */
final class Arrivals {
    private static final long SECOND = 1_000_000_000;

    private final long[] times;
    private final long fromNanos;
    private final int seconds;
    private final int perSecond;

    /**
     * @param times arrival times of all requests, in any order
     * @param fromNanos begin of the seconds that count
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

    /** By how many percent the number of requests differs from the schedule. */
    double off() {
        return off(times.length, (double) perSecond * seconds);
    }

    /** By how many percent the number of requests differs from the schedule in the second that differs most. */
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
     * How late each request came, in ms, sorted. The log does not know when the schedule began, so the request with the smallest delay
     * counts as on time.
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

    /** Returns a percentile by nearest rank. */
    static double percentile(double[] sorted, double percent) {
        return sorted[Math.clamp((int) Math.ceil(percent / 100 * sorted.length) - 1, 0, sorted.length - 1)];
    }
}
