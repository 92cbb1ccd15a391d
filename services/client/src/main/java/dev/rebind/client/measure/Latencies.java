package dev.rebind.client.measure;

import dev.rebind.client.protocol.RequestReport.Latency;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Latencies before, during and after a restart, by the time at which a request was due. Not for several threads. */
final class Latencies {
    private static final int DIGITS = 3;
    private static final long MICRO = 1_000;

    private Histogram before = new Histogram(DIGITS);
    private Histogram during = new Histogram(DIGITS);
    private Histogram after = new Histogram(DIGITS);
    /** Null: no restart has begun. */
    private @Nullable Long markNanos;

    private @Nullable Long boundNanos;

    /** The service is observed before a restart from now on. */
    void observe() {
        before = new Histogram(DIGITS);
        markNanos = null;
        boundNanos = null;
    }

    /** A restart begins. Where nobody asked to observe the time before it, that is the time after the last one. */
    void mark(long nanos) {
        if (markNanos != null) {
            before = after;
        }
        markNanos = nanos;
        boundNanos = null;
        during = new Histogram(DIGITS);
        after = new Histogram(DIGITS);
    }

    /** The new server is bound. */
    void bound(long nanos) {
        boundNanos = nanos;
    }

    void add(long dueNanos, long nanos) {
        histogram(dueNanos).recordValue(Math.max(0, nanos - dueNanos) / MICRO);
    }

    private Histogram histogram(long dueNanos) {
        if (isBeforeMark(dueNanos)) {
            return before;
        }
        return isBeforeBound(dueNanos) ? during : after;
    }

    /** Whether that was before the last restart began, or none has begun. */
    boolean isBeforeMark(long nanos) {
        return markNanos == null || nanos - markNanos < 0;
    }

    /** Whether that was before the new server was bound, or it is not bound yet. */
    boolean isBeforeBound(long nanos) {
        return boundNanos == null || nanos - boundNanos < 0;
    }

    @Nullable
    Latency before() {
        return latency(before);
    }

    @Nullable
    Latency during() {
        return latency(during);
    }

    @Nullable
    Latency after() {
        return latency(after);
    }

    private static @Nullable Latency latency(Histogram histogram) {
        return histogram.getTotalCount() == 0
                ? null
                : new Latency(
                        histogram.getTotalCount(),
                        millis(histogram.getValueAtPercentile(50)),
                        millis(histogram.getValueAtPercentile(99)),
                        millis(histogram.getMaxValue()));
    }

    static double millis(long micros) {
        return micros / 1e3;
    }
}
