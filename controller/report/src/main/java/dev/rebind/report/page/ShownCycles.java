package dev.rebind.report.page;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import dev.rebind.report.drawing.CycleHistory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the page keeps of the records, which may be too many for a browser: cycles one by one until the page is full, and of each
 * experiment the first ones and the first of those that did not pass even then; all cells of a truth table; and of every cycle what its
 * failures, its history, the remedies and the networks need.
 */
public final class ShownCycles {
    /** Cycles on a page of which each experiment has as many as it likes. */
    static final int MOST = 5_000;
    /** Of each experiment, on a page that is full. */
    static final int FIRST = 25;

    static final int NOT_PASSED = 100;

    private final Map<String, Kept> kept = new HashMap<>();
    private int all;

    /** Of one experiment. */
    static final class Kept {
        private final List<CycleRecord> cycles = new ArrayList<>();
        private final List<CycleRecord> cells = new ArrayList<>();
        private final CycleHistory history = new CycleHistory();
        private final FailureSection failures = new FailureSection();
        private final RemedyList remedies = new RemedyList();
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

        FailureSection failures() {
            return failures;
        }

        CycleHistory history() {
            return history;
        }

        RemedyList remedies() {
            return remedies;
        }

        NetworkTable networks() {
            return networks;
        }
    }

    public void add(CycleRecord record) {
        Kept of = kept.computeIfAbsent(record.experiment(), _ -> new Kept());
        of.history.add(record);
        of.failures.add(record);
        of.remedies.add(record);
        of.networks.add(record);
        boolean cell = record.cell() != null
                && record.cell().relation() != null
                && record.cell().family() != null;
        if (cell) {
            of.cells.add(record);
        }
        boolean early = record.verdict() == Verdict.Pass ? of.passed++ < FIRST : of.notPassed++ < NOT_PASSED;
        if (all < MOST || early || cell) {
            of.cycles.add(record);
            all++;
        }
    }

    Kept of(String experiment) {
        return kept.getOrDefault(experiment, new Kept());
    }
}
