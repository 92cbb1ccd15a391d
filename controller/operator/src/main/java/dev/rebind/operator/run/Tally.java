package dev.rebind.operator.run;

import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Counts;
import dev.rebind.operator.resource.Statuses;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecord.Outcome;
import dev.rebind.record.CycleRecord.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What records add up to. Pure. */
final class Tally {
    private Tally() {}

    static Counts add(Counts counts, CycleRecord record) {
        Map<String, Integer> causes = new TreeMap<>(counts.failedByCause());
        if (record.outcome() == Outcome.failed && record.cause() != null) {
            causes.merge(record.cause().name(), 1, Integer::sum);
        }
        return new Counts(
                counts.done() + 1,
                counts.bound() + (record.outcome() == Outcome.bound ? 1 : 0),
                counts.failed() + (record.outcome() == Outcome.failed ? 1 : 0),
                causes,
                counts.verdictFail() + (record.verdict() == Verdict.Fail ? 1 : 0),
                counts.inconclusive() + (record.verdict() == Verdict.Inconclusive ? 1 : 0),
                counts.error() + (record.verdict() == Verdict.Error ? 1 : 0));
    }

    /** The last records with one more, the oldest of too many left out. */
    static List<CycleRecord> last(List<CycleRecord> records, CycleRecord record) {
        var last = new ArrayList<>(records);
        last.add(Statuses.brief(record));
        return last.size() <= ExperimentStatus.RECORDS
                ? last
                : last.subList(last.size() - ExperimentStatus.RECORDS, last.size());
    }

    /** As {@code rebind run} has it: one that failed decides, then one that could not be carried out. */
    static Verdict verdict(Counts counts) {
        if (counts.verdictFail() > 0) {
            return Verdict.Fail;
        }
        if (counts.error() > 0 || counts.done() == 0) {
            return Verdict.Error;
        }
        return counts.inconclusive() > 0 ? Verdict.Inconclusive : Verdict.Pass;
    }
}
