package dev.rebind.record;

import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.clients.RequestTotals;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the records of an experiment add up to, and the verdict that follows from them. The status of a resource, the live page, the
 * summary, the metrics and the exit code all use these totals and count nothing themselves, so they agree.
 *
 * @param cycles cycles that have a record
 * @param bound cycles whose first bind succeeded
 * @param failed cycles whose first bind failed
 * @param failedByCause failed cycles by the name of the cause, {@link Cause#unknown} where the record has none; a cause without cycles is
 * absent
 * @param verdicts cycles by verdict; a verdict without cycles is absent
 * @param requests totals of the clients' requests
 */
public record Totals(
        int cycles,
        int bound,
        int failed,
        Map<String, Integer> failedByCause,
        Map<Verdict, Integer> verdicts,
        RequestTotals requests) {
    public static final Totals NONE = new Totals(0, 0, 0, Map.of(), Map.of(), RequestTotals.NONE);

    public Totals {
        failedByCause = Collections.unmodifiableMap(new TreeMap<>(failedByCause));
        verdicts = Collections.unmodifiableMap(new TreeMap<>(verdicts));
    }

    /** The totals of one record. Only this method decides how a cycle counts. */
    public static Totals of(CycleRecord record) {
        boolean failed = record.outcome() == Outcome.failed;
        Cause cause = record.cause() == null ? Cause.unknown : record.cause();
        return new Totals(
                1,
                record.outcome() == Outcome.bound ? 1 : 0,
                failed ? 1 : 0,
                failed ? Map.of(cause.name(), 1) : Map.of(),
                Map.of(record.verdict(), 1),
                RequestTotals.of(
                        record.clients() == null ? null : record.clients().requests()));
    }

    public static Totals of(Iterable<CycleRecord> records) {
        Totals totals = NONE;
        for (CycleRecord record : records) {
            totals = totals.plus(record);
        }
        return totals;
    }

    public Totals plus(CycleRecord record) {
        return plus(of(record));
    }

    /** Returns the sum of these totals and those of other cycles. */
    public Totals plus(Totals others) {
        Map<String, Integer> causes = new TreeMap<>(failedByCause);
        others.failedByCause.forEach((cause, count) -> causes.merge(cause, count, Integer::sum));
        Map<Verdict, Integer> seen = new EnumMap<>(Verdict.class);
        seen.putAll(verdicts);
        others.verdicts.forEach((verdict, count) -> seen.merge(verdict, count, Integer::sum));
        return new Totals(
                cycles + others.cycles,
                bound + others.bound,
                failed + others.failed,
                causes,
                seen,
                requests.plus(others.requests));
    }

    /** Cycles that ended before a bind. */
    public int withoutBind() {
        return cycles - bound - failed;
    }

    public int count(Verdict verdict) {
        return verdicts.getOrDefault(verdict, 0);
    }

    /**
     * The verdict of the experiment so far: the gravest verdict of its cycles. It is at least Inconclusive where nothing was done, or less
     * than was planned. It is at least Error where the experiment could not go on.
     *
     * @param planned number of planned cycles; null where a duration decides when the experiment ends
     */
    public Verdict verdict(@Nullable Integer planned, Phase phase) {
        Verdict verdict = switch (phase) {
            case Pending, Running, Paused, Aborted -> Verdict.Inconclusive;
            case Completed ->
                cycles == 0 || (planned != null && cycles < planned) ? Verdict.Inconclusive : Verdict.Pass;
            case Error -> Verdict.Error;
        };
        for (Verdict seen : verdicts.keySet()) {
            verdict = verdict.graver(seen);
        }
        return verdict;
    }
}
