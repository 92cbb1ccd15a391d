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
 * What the page keeps of the records, because a browser cannot show any number of cycles. It keeps single cycles until the page is full.
 * After that, it keeps only the first cycles of each experiment, and the first that did not pass. It keeps all cells of a truth table. Of
 * every cycle it keeps what the failures, the history, the remedies and the networks need.
 */
public final class ShownCycles {
    /** Until the page has this many cycles, it keeps every cycle. */
    static final int MOST = 5_000;
    /** First cycles that the page keeps of each experiment once it is full. */
    static final int FIRST = 25;

    static final int NOT_PASSED = 100;

    private final Map<String, Kept> kept = new HashMap<>();
    private int all;

    /** What the page keeps of one experiment. */
    static final class Kept {
        private final List<CycleRecord> cycles = new ArrayList<>();
        private final List<CycleRecord> cells = new ArrayList<>();
        private final CycleHistory history = new CycleHistory();
        private final FailureSection failures = new FailureSection();
        private final RemedyList remedies = new RemedyList();
        private final NetworkTable networks = new NetworkTable();
        private int passed;
        private int notPassed;

        /** The kept cycles, sorted by number. */
        List<CycleRecord> cycles() {
            return cycles.stream()
                    .sorted(Comparator.comparingInt(CycleRecord::cycle))
                    .toList();
        }

        /** The cycles that are cells of the truth table. */
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
