package dev.rebind.report.page;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecord.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which cycles a page shows one by one: of each experiment the first ones, and those that did not pass as far as there is
 * room for them. All of a truth table's cells are kept for its map.
 */
public final class Selection {
    static final int FIRST = 25;
    static final int NOT_PASSED = 200;

    private final Map<String, Kept> kept = new LinkedHashMap<>();

    /** Of one experiment. */
    static final class Kept {
        private final List<CycleRecord> cycles = new ArrayList<>();
        private final List<CycleRecord> cells = new ArrayList<>();
        private int passed;
        private int notPassed;

        /** In the order of their numbers. */
        List<CycleRecord> cycles() {
            return cycles.stream()
                    .sorted(Comparator.comparingInt(CycleRecord::cycle))
                    .toList();
        }

        /** Those that have a place in the truth table. */
        List<CycleRecord> cells() {
            return cells;
        }
    }

    public void add(CycleRecord record) {
        Kept of = kept.computeIfAbsent(record.experiment(), _ -> new Kept());
        if (record.cell() != null
                && record.cell().relation() != null
                && record.cell().family() != null) {
            of.cells.add(record);
        }
        boolean keep = record.verdict() == Verdict.Pass ? of.passed++ < FIRST : of.notPassed++ < NOT_PASSED;
        if (keep) {
            of.cycles.add(record);
        }
    }

    Kept of(String experiment) {
        return kept.getOrDefault(experiment, new Kept());
    }
}
