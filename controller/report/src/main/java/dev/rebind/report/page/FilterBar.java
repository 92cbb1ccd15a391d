package dev.rebind.report.page;

import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.Verdict;
import dev.rebind.report.Amounts;
import dev.rebind.report.Markup;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Writes the controls that filter the cycles; they are hidden where scripts do not run. */
final class FilterBar {
    private final Markup html;
    private final int cycles;

    /** @param cycles number of cycles of the run, including those that the page does not list */
    FilterBar(Markup html, int cycles) {
        this.html = html;
        this.cycles = cycles;
    }

    void write() throws IOException {
        html.start("div", "class", "filter", "role", "search");
        html.start(
                "input",
                "id",
                "filter-text",
                "type",
                "search",
                "placeholder",
                "Filter cycles: names, states, words\u2026",
                "aria-label",
                "Filter cycles by text",
                "autocomplete",
                "off");
        select(
                "verdict",
                "any verdict",
                Arrays.stream(Verdict.values()).map(Enum::name).toList());
        select(
                "outcome",
                "any outcome",
                Arrays.stream(Outcome.values()).map(Enum::name).toList());
        select(
                "cause",
                "any cause",
                Arrays.stream(Cause.values()).map(Enum::name).toList());
        html.leaf("button", "Open all", "id", "filter-open", "type", "button");
        html.leaf("button", "Close all", "id", "filter-close", "type", "button");
        html.leaf(
                "output",
                Amounts.count(cycles, "cycle", "cycles"),
                "id",
                "filter-count",
                "aria-live",
                "polite",
                "data-all",
                Integer.toString(cycles));
        html.end("div").line();
    }

    private void select(String name, String any, List<String> values) throws IOException {
        html.start("select", "id", "filter-" + name, "aria-label", "Filter cycles by " + name);
        html.leaf("option", any, "value", "");
        for (String value : values) {
            html.leaf("option", value, "value", value);
        }
        html.end("select");
    }
}
