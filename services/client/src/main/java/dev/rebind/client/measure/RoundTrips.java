package dev.rebind.client.measure;

import dev.rebind.client.protocol.ClientReport.RoundTripMs;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The last 65,536 round trips. Not for several threads. */
public final class RoundTrips {
    private static final int KEPT = 1 << 16;

    private long[] nanos = new long[64];
    private long count;

    public void add(long roundTripNanos) {
        int at = (int) (count % KEPT);
        if (at == nanos.length) {
            nanos = Arrays.copyOf(nanos, nanos.length * 2);
        }
        nanos[at] = roundTripNanos;
        count++;
    }

    public void clear() {
        count = 0;
    }

    /** Null when there was none. */
    public @Nullable RoundTripMs summary() {
        if (count == 0) {
            return null;
        }
        long[] sorted = Arrays.copyOf(nanos, (int) Math.min(count, KEPT));
        Arrays.sort(sorted);
        return new RoundTripMs(
                count, millis(sorted, 0.5), millis(sorted, 0.9), millis(sorted, 0.99), millis(sorted, 1));
    }

    /** Nearest rank: the smallest value that at least this share of all do not exceed. */
    private static double millis(long[] sorted, double share) {
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.max(rank, 1) - 1] / 1e6;
    }
}
