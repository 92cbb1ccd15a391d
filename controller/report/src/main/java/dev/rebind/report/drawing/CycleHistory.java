package dev.rebind.report.drawing;

import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Stores outcome, verdict and downtime of every cycle of an experiment in a few bytes each. */
public final class CycleHistory {
    private static final byte BOUND = 1;
    private static final byte FAILED = 2;
    private static final byte PASSED = 4;

    private byte[] facts = new byte[64];
    private float[] downtimes = new float[64];
    private int size;

    /**
     * A group of consecutive cycles.
     *
     * @param first index of the first cycle, from 0
     * @param medianMs median downtime; NaN, like the least and the most, where no cycle has a downtime
     */
    record Bin(
            int first, int cycles, int bound, int failed, int notPassed, float leastMs, float medianMs, float mostMs) {}

    public void add(CycleRecord record) {
        if (size == facts.length) {
            facts = Arrays.copyOf(facts, size * 2);
            downtimes = Arrays.copyOf(downtimes, size * 2);
        }
        int fact = record.verdict() == Verdict.Pass ? PASSED : 0;
        if (record.outcome() != null) {
            fact |= record.outcome() == Outcome.bound ? BOUND : FAILED;
        }
        facts[size] = (byte) fact;
        downtimes[size] =
                record.downtimeMs() == null ? Float.NaN : record.downtimeMs().floatValue();
        size++;
    }

    public int size() {
        return size;
    }

    /** Divides the cycles into at most {@code most} bins of equal size; the last one may be smaller. */
    List<Bin> bins(int most) {
        var bins = new ArrayList<Bin>();
        int width = Math.max(1, Math.ceilDiv(size, most));
        for (int from = 0; from < size; from += width) {
            bins.add(bin(from, Math.min(size, from + width)));
        }
        return bins;
    }

    private Bin bin(int from, int to) {
        int bound = 0;
        int failed = 0;
        int notPassed = 0;
        float[] measured = new float[to - from];
        int count = 0;
        for (int i = from; i < to; i++) {
            bound += (facts[i] & BOUND) != 0 ? 1 : 0;
            failed += (facts[i] & FAILED) != 0 ? 1 : 0;
            notPassed += (facts[i] & PASSED) == 0 ? 1 : 0;
            if (!Float.isNaN(downtimes[i])) {
                measured[count++] = downtimes[i];
            }
        }
        Arrays.sort(measured, 0, count);
        return new Bin(
                from,
                to - from,
                bound,
                failed,
                notPassed,
                count == 0 ? Float.NaN : measured[0],
                count == 0 ? Float.NaN : measured[(count - 1) / 2],
                count == 0 ? Float.NaN : measured[count - 1]);
    }
}
