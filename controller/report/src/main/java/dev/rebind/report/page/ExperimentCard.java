package dev.rebind.report.page;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecord.Outcome;
import dev.rebind.record.CycleRecord.Verdict;
import dev.rebind.report.Amounts;
import dev.rebind.report.Distribution;
import dev.rebind.report.Markup;
import dev.rebind.report.Summary;
import dev.rebind.report.Summary.ExperimentSummary;
import dev.rebind.report.drawing.HistorySvg;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One experiment: what it came to, its cycles, its text. */
final class ExperimentCard {
    private static final List<String> COLUMNS =
            List.of("cycle", "restart", "closed by", "reuse", "residue", "outcome, cause", "downtime", "verdict", "");

    /** Failures of one experiment that are all shown open. */
    private static final int MOST_OPEN = 12;

    private final Markup html;
    private final String id;
    private final ExperimentSummary experiment;
    private final Selection.Kept kept;

    ExperimentCard(Markup html, String id, ExperimentSummary experiment, Selection.Kept kept) {
        this.html = html;
        this.id = id;
        this.experiment = experiment;
        this.kept = kept;
    }

    void write(String yaml) throws IOException {
        html.start("section", "class", "card experiment", "id", id);
        html.start("div", "class", "title").leaf("h2", experiment.name());
        Words.badge(html, experiment.verdict());
        html.leaf(
                "span",
                Words.of(experiment.cycles(), experiment.planned()) + (experiment.cycles() == 1 ? " cycle" : " cycles"),
                "class",
                "soft");
        html.end("div").line();
        if (experiment.description() != null) {
            html.leaf("p", experiment.description()).line();
        }
        distribution("Downtime as clients saw it", experiment.downtimeMs());
        distribution("Error of the predicted release", experiment.predictionErrorMs());
        if (experiment.releaseWindows() != null) {
            Summary.Windows windows = experiment.releaseWindows();
            int all = windows.held() + windows.missed() + windows.unclear() + windows.early();
            html.leaf(
                    "p",
                    windows.held() + " of " + all + " releases fell into the predicted window"
                            + (windows.early() == 0
                                    ? ""
                                    : "; " + windows.early() + " came before it, as the other end ended what was left")
                            + (windows.unclear() == 0
                                    ? "."
                                    : "; of " + windows.unclear()
                                            + " it is not known, as the retries were too far apart."),
                    "class",
                    "soft");
        }
        if (!kept.cells().isEmpty()) {
            new TruthTable(html, id, kept.cells()).write();
        }
        kept.networks().write(html);
        kept.remedies().write(html);
        if (kept.history().size() > Selection.FIRST && kept.cells().isEmpty()) {
            HistorySvg.write(html, kept.history());
        }
        cycles();
        if (!yaml.isBlank()) {
            html.start("details", "class", "yaml");
            html.leaf("summary", "The experiment" + (experiment.file() == null ? "" : ": " + experiment.file()));
            html.start("pre", "tabindex", "0").leaf("code", yaml).end("pre").end("details");
        }
        html.end("section").line();
    }

    /** What did not pass is open; so is each failed bind, unless there are so many that the page would not be read. */
    private boolean opened(CycleRecord cycle) {
        boolean failed = cycle.verdict() != Verdict.Pass || cycle.outcome() == Outcome.failed;
        return failed && kept.notable() <= MOST_OPEN;
    }

    private void distribution(String what, @Nullable Distribution figures) throws IOException {
        if (figures != null && figures.count() > 1) {
            html.leaf(
                    "p",
                    what + ": median " + Amounts.duration(figures.p50()) + ", 90 % within "
                            + Amounts.duration(figures.p90()) + ", 99 % within " + Amounts.duration(figures.p99())
                            + ", at most " + Amounts.duration(figures.max()) + " (" + figures.count() + " measured).",
                    "class",
                    "soft");
        }
    }

    private void cycles() throws IOException {
        List<CycleRecord> cycles = kept.cycles();
        if (cycles.isEmpty()) {
            html.leaf("p", "No cycle was run.", "class", "notice");
            return;
        }
        boolean folded = !kept.cells().isEmpty();
        if (folded) {
            html.start("details", "class", "cells");
            html.leaf("summary", Amounts.count(cycles.size(), "cell", "cells") + " one by one");
        }
        html.start("div", "class", "row head", "aria-hidden", "true");
        for (String column : COLUMNS) {
            html.leaf("span", column);
        }
        html.end("div").line();
        for (CycleRecord cycle : cycles) {
            new CycleView(html, id, cycle, opened(cycle)).write();
        }
        if (folded) {
            html.end("details");
        }
        if (cycles.size() < experiment.cycles()) {
            html.leaf(
                    "p",
                    "Shown one by one: " + Amounts.count(cycles.size(), "cycle", "cycles") + " of "
                            + experiment.cycles()
                            + ": the first ones, and of those that did not pass the first " + Selection.NOT_PASSED
                            + ". All are in cycles.jsonl.",
                    "class",
                    "notice");
        }
    }
}
