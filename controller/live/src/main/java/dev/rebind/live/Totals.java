package dev.rebind.live;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecord.Outcome;
import dev.rebind.record.CycleRecord.Verdict;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What records add up to, as they come. Not safe for several threads. */
public final class Totals {
    private final Map<String, Integer> causes = new TreeMap<>();
    private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    private int done;
    private int bound;
    private int failed;

    public void add(CycleRecord record) {
        done++;
        bound += record.outcome() == Outcome.bound ? 1 : 0;
        failed += record.outcome() == Outcome.failed ? 1 : 0;
        verdicts.merge(record.verdict(), 1, Integer::sum);
        if (record.outcome() == Outcome.failed && record.cause() != null) {
            causes.merge(record.cause().name(), 1, Integer::sum);
        }
    }

    public Views.Counts counts() {
        return new Views.Counts(done, bound, failed, done - bound - failed, causes, verdicts);
    }

    /**
     * As {@code summary.json} has it: the gravest, and at least Inconclusive where something is missing.
     *
     * @param planned cycles; null where a duration decides
     */
    public Verdict verdict(@Nullable Integer planned) {
        if (verdicts.containsKey(Verdict.Error)) {
            return Verdict.Error;
        }
        if (verdicts.containsKey(Verdict.Fail)) {
            return Verdict.Fail;
        }
        boolean whole = done > 0 && (planned == null || done >= planned);
        return verdicts.containsKey(Verdict.Inconclusive) || !whole ? Verdict.Inconclusive : Verdict.Pass;
    }

    /** SO_REUSEADDR of both generations: {@code off→on}; null where it is not known. */
    public static @Nullable String reuse(CycleRecord record) {
        CycleRecord.Reuse reuse = record.reuse();
        return reuse == null ? null : onOff(reuse.old()) + "→" + onOff(reuse.fresh());
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }

    public static String firstSentence(String text) {
        int end = text.indexOf(". ");
        return end < 0 ? text : text.substring(0, end + 1);
    }
}
