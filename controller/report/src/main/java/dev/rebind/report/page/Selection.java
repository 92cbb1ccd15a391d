package dev.rebind.report.page;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecord.Outcome;
import dev.rebind.record.CycleRecord.Verdict;
import dev.rebind.report.drawing.History;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the page keeps of the records, which may be too many for a browser: of each experiment the first cycles and the
 * first of those that did not pass, whole; all cells of a truth table; and of every cycle what its history, the remedies and
 * the networks need.
 */
public final class Selection {
    static final int FIRST = 25;
    static final int NOT_PASSED = 100;

    private final Map<String, Kept> kept = new HashMap<>();

    /** Of one experiment. */
    static final class Kept {
        private final List<CycleRecord> cycles = new ArrayList<>();
        private final List<CycleRecord> cells = new ArrayList<>();
        private final History history = new History();
        private final Remedies remedies = new Remedies();
        private final NetworkTable networks = new NetworkTable();
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

        /** How many of the cycles shown did not pass, or had a bind that failed. */
        long notable() {
            return cycles.stream()
                    .filter(cycle -> cycle.verdict() != Verdict.Pass || cycle.outcome() == Outcome.failed)
                    .count();
        }

        History history() {
            return history;
        }

        Remedies remedies() {
            return remedies;
        }

        NetworkTable networks() {
            return networks;
        }
    }

    public void add(CycleRecord record) {
        Kept of = kept.computeIfAbsent(record.experiment(), _ -> new Kept());
        of.history.add(record);
        of.remedies.add(record);
        of.networks.add(record);
        boolean cell = record.cell() != null
                && record.cell().relation() != null
                && record.cell().family() != null;
        if (cell) {
            of.cells.add(record);
        }
        boolean keep = record.verdict() == Verdict.Pass ? of.passed++ < FIRST : of.notPassed++ < NOT_PASSED;
        if (keep || cell) {
            of.cycles.add(record);
        }
    }

    Kept of(String experiment) {
        return kept.getOrDefault(experiment, new Kept());
    }
}
