package dev.rebind.operator.run;

import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.record.CycleRecord;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The counted cycles of an experiment. Mostly these are the first ones. If a pod was lost in a round, the other pods'
 * cycles of that round are counted first, and the lost pod's cycle runs later. Pure.
 *
 * @param through all cycles up to this number are counted, and the next one is not
 * @param ahead the counted cycles beyond it
 */
record CountedCycles(int through, Set<Integer> ahead) {
    /**
     * A cycle may be counted before another one at most this much earlier. So the cycles in {@code ahead} are always
     * among the last records of a status, which keeps twice as many, and a controller that has only the status knows
     * them.
     */
    static final int WINDOW = ExperimentStatus.RECORDS / 2;

    static final CountedCycles NONE = new CountedCycles(0, Set.of());

    CountedCycles {
        ahead = Set.copyOf(ahead);
    }

    /** The counted cycles of a status: this many are counted, and the last ones have these numbers. */
    static CountedCycles of(ExperimentStatus status) {
        int done = status.cycles().done();
        Set<Integer> last = status.records().stream().map(CycleRecord::cycle).collect(Collectors.toSet());
        for (int through = done; through >= 0; through--) {
            int first = through;
            Set<Integer> beyond = last.stream().filter(number -> number > first).collect(Collectors.toSet());
            if (beyond.size() == done - through) {
                return new CountedCycles(through, beyond);
            }
        }
        // Somebody else wrote the records: only the count is reliable.
        return new CountedCycles(done, Set.of());
    }

    boolean has(int number) {
        return number <= through || ahead.contains(number);
    }

    /** Whether the cycle may be counted now. */
    boolean mayAdd(int number) {
        return !has(number) && number <= through + WINDOW;
    }

    CountedCycles with(int number) {
        var beyond = new TreeSet<>(ahead);
        beyond.add(number);
        int last = through;
        while (beyond.remove(last + 1)) {
            last++;
        }
        return new CountedCycles(last, beyond);
    }
}
