package dev.rebind.report.page;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import dev.rebind.report.Amounts;
import dev.rebind.report.Distribution;
import dev.rebind.report.DowntimeWords;
import dev.rebind.report.Markup;
import dev.rebind.report.Summary;
import dev.rebind.report.Summary.ExperimentSummary;
import dev.rebind.report.drawing.HistorySvg;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes one experiment: its figures, its cycles and its text. */
final class ExperimentCard {
    /** So many cycles that did not pass are open from the start, even where scripts do not run. */
    private static final int MOST_OPEN = 3;

    private final Markup html;
    private final Bodies bodies;
    private final String id;
    private final ExperimentSummary experiment;
    private final ShownCycles.Kept kept;

    ExperimentCard(Markup html, Bodies bodies, String id, ExperimentSummary experiment, ShownCycles.Kept kept) {
        this.html = html;
        this.bodies = bodies;
        this.id = id;
        this.experiment = experiment;
        this.kept = kept;
    }

    /**
     * Writes the card.
     *
     * @param commanded whether to show the command; the page may have shown it already for all experiments
     * @param yaml the text of the experiment
     */
    void write(boolean commanded, String yaml) throws IOException {
        html.start("section", "class", "card experiment", "id", id, "data-name", experiment.name());
        html.start("div", "class", "title").leaf("h2", experiment.name());
        PageWords.badge(html, experiment.verdict());
        html.leaf(
                "span",
                PageWords.of(experiment.cycles(), experiment.planned())
                        + (experiment.cycles() == 1 ? " cycle" : " cycles"),
                "class",
                "soft");
        html.end("div").line();
        if (experiment.description() != null) {
            html.leaf("p", experiment.description()).line();
        }
        if (commanded && experiment.command() != null) {
            PageWords.command(html, experiment.command());
        }
        if (kept.failures().isEmpty()) {
            // In the other case the remedies stand at the top of the page, each with its failure.
            kept.remedies().write(html);
        }
        if (kept.history().size() > ShownCycles.FIRST && kept.cells().isEmpty()) {
            HistorySvg.write(html, kept.history());
        }
        if (!kept.cells().isEmpty()) {
            new TruthTableSection(html, id, kept.cells()).write();
        }
        kept.networks().write(html);
        figures();
        cycles();
        if (!yaml.isBlank()) {
            html.start("details", "class", "yaml");
            html.leaf("summary", "The experiment" + (experiment.file() == null ? "" : ": " + experiment.file()));
            html.start("pre", "tabindex", "0").leaf("code", yaml).end("pre").end("details");
        }
        html.end("section").line();
    }

    private void figures() throws IOException {
        distribution("Stop to bound", experiment.stopToBoundMs());
        distribution("Downtime as clients saw it", experiment.downtimeMs());
        Optional<String> why = DowntimeWords.of(experiment.downtimeMs());
        if (why.isPresent()) {
            html.leaf("p", why.get(), "class", "soft");
        }
        distribution("Error of the predicted release", experiment.predictionErrorMs());
        Summary.Windows windows = experiment.releaseWindows();
        if (windows != null) {
            int all = windows.held() + windows.missed() + windows.unclear() + windows.early();
            html.leaf(
                    "p",
                    windows.unclear() == all
                            ? "Whether " + Amounts.count(all, "release", "releases")
                                    + " fell into the predicted window is not known, as the retries were too far apart."
                            : windows.held() + " of " + Amounts.count(all, "release", "releases")
                                    + " fell into the predicted window"
                                    + (windows.early() == 0
                                            ? ""
                                            : "; " + windows.early()
                                                    + " came before it, as the other end ended what was left")
                                    + (windows.unclear() == 0
                                            ? "."
                                            : "; of " + windows.unclear()
                                                    + " it is not known, as the retries were too far apart."),
                    "class",
                    "soft");
        }
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
        if (cycles.size() < experiment.cycles()) {
            html.leaf(
                    "p",
                    String.format(
                            Locale.ROOT,
                            "%,d of %s are listed: the first ones, and the first %d of those that did not pass. All are in"
                                    + " cycles.jsonl.",
                            cycles.size(),
                            Amounts.count(experiment.cycles(), "cycle", "cycles"),
                            ShownCycles.NOT_PASSED),
                    "class",
                    "notice");
        }
        Columns columns = Columns.of(cycles);
        html.start("div", "class", columns.style());
        columns.head(html);
        int open = 0;
        for (CycleRecord cycle : cycles) {
            boolean opened = cycle.verdict() != Verdict.Pass && open++ < MOST_OPEN;
            new CycleView(html, bodies, id, cycle, columns).write(opened);
        }
        html.end("div");
        if (folded) {
            html.end("details");
        }
    }
}
