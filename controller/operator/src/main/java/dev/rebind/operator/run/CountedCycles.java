package dev.rebind.operator.run;

import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.record.CycleRecord;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The numbers of the cycles of an experiment that are counted. Usually they have no gap. If a pod was lost in a round,
 * the other pods' cycles of that round are counted first, and the lost pod's cycle runs later. Pure.
 *
 * @param through the last cycle before the first gap: all cycles up to this number are counted, and the next one is not
 * @param ahead the counted cycles after the gap
 */
record CountedCycles(int through, Set<Integer> ahead) {
    /**
     * How far the number of a counted cycle may be beyond {@code through}. The status keeps twice as many of the last
     * records. So the cycles in {@code ahead} are always among them, and a controller that has only the status knows
     * them.
     */
    static final int WINDOW = ExperimentStatus.RECORDS / 2;

    static final CountedCycles NONE = new CountedCycles(0, Set.of());

    CountedCycles {
        ahead = Set.copyOf(ahead);
    }

    /**
     * Derives the counted cycles from a status, from its number of counted cycles and the numbers of its last records.
     */
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
        // The records in the status do not fit its count, so Rebind did not write them. Only the count is used.
        return new CountedCycles(done, Set.of());
    }

    boolean has(int number) {
        return number <= through || ahead.contains(number);
    }

    /** Whether the cycle may be counted now: it is not counted yet, and it is at most {@link #WINDOW} ahead. */
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
