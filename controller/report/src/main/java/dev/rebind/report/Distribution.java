package dev.rebind.report;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Percentiles by nearest rank, so each figure is a value that was measured. Everywhere in Rebind, the median is {@code p50}. */
public record Distribution(int count, double min, double p50, double p90, double p99, double max) {

    /**
     * Computes the percentiles of values in any order.
     *
     * @return null when there are no values
     */
    public static @Nullable Distribution of(double[] values) {
        if (values.length == 0) {
            return null;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Distribution(
                sorted.length,
                sorted[0],
                percentile(sorted, 50),
                percentile(sorted, 90),
                percentile(sorted, 99),
                sorted[sorted.length - 1]);
    }

    private static double percentile(double[] sorted, int percent) {
        int rank = (int) Math.ceilDiv((long) percent * sorted.length, 100L);
        return sorted[Math.max(rank, 1) - 1];
    }
}
