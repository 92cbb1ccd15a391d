package dev.rebind.report.page;

import dev.rebind.report.Amounts;
import dev.rebind.report.Distribution;
import dev.rebind.report.Markup;
import dev.rebind.report.RequestWords;
import dev.rebind.report.Summary.ExperimentSummary;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes a table with a row for each experiment, without the columns that are empty in all rows. */
final class Overview {
    /**
     * A column.
     *
     * @param style CSS class of its cells
     * @param text text of a cell; null where it is empty
     */
    private record Figure(String heading, String style, Function<ExperimentSummary, @Nullable String> text) {}

    private static final List<Figure> FIGURES = List.of(
            new Figure("cycles", "n", one -> PageWords.of(one.cycles(), one.planned())),
            new Figure("bound at once", "n", one -> one.bound() == 0 ? null : Integer.toString(one.bound())),
            new Figure("failed binds", "n", one -> one.failed() == 0 ? null : Integer.toString(one.failed())),
            new Figure("causes", "causes", one -> Amounts.counts(one.failedByCause())),
            new Figure("stop to bound, median", "n", one -> median(one.stopToBoundMs())),
            new Figure("downtime, median", "n", one -> median(one.downtimeMs())),
            new Figure(
                    "failed requests",
                    "causes",
                    one -> one.requests() == null
                            ? null
                            : RequestWords.causes(one.requests().failedByCause())),
            new Figure(
                    "prediction's error, p99",
                    "n",
                    one -> one.predictionErrorMs() == null
                            ? null
                            : Amounts.duration(one.predictionErrorMs().p99())));

    private final Markup html;
    private final List<ExperimentSummary> experiments;

    Overview(Markup html, List<ExperimentSummary> experiments) {
        this.html = html;
        this.experiments = experiments;
    }

    void write() throws IOException {
        List<Figure> shown = FIGURES.stream()
                .filter(figure ->
                        experiments.stream().anyMatch(one -> !text(figure, one).isEmpty()))
                .toList();
        html.scrolling("All experiments");
        html.start("table").start("thead").start("tr");
        html.leaf("th", "verdict", "scope", "col").leaf("th", "experiment", "scope", "col");
        for (Figure figure : shown) {
            html.leaf("th", figure.heading(), "scope", "col", "class", figure.style());
        }
        html.end("thead").start("tbody").line();
        int number = 0;
        for (ExperimentSummary one : experiments) {
            html.start("tr").start("td");
            PageWords.badge(html, one.verdict());
            html.end("td")
                    .start("td", "class", "name")
                    .leaf("a", one.name(), "href", "#x" + number++)
                    .end("td");
            for (Figure figure : shown) {
                html.leaf("td", text(figure, one), "class", figure.style());
            }
            html.end("tr").line();
        }
        html.end("tbody").end("table").end("div").line();
    }

    private static @Nullable String median(@Nullable Distribution figures) {
        if (figures == null) {
            return null;
        }
        String median = Amounts.duration(figures.p50());
        String longest = Amounts.duration(figures.max());
        return median.equals(longest) ? median : median + " (longest " + longest + ")";
    }

    private static String text(Figure figure, ExperimentSummary one) {
        String text = figure.text().apply(one);
        return text == null ? "" : text;
    }
}
