package dev.rebind.report.page;

import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Sentence;
import dev.rebind.record.Verdict;
import dev.rebind.report.Markup;
import dev.rebind.report.page.Columns.Column;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** Writes one cycle: a line with its explanation, and its hidden details. */
final class CycleView {
    private final Markup html;
    private final Bodies bodies;
    private final String experimentId;
    private final CycleRecord cycle;
    private final Columns columns;

    CycleView(Markup html, Bodies bodies, String experimentId, CycleRecord cycle, Columns columns) {
        this.html = html;
        this.bodies = bodies;
        this.experimentId = experimentId;
        this.cycle = cycle;
        this.columns = columns;
    }

    static String id(String experimentId, CycleRecord cycle) {
        return experimentId + "-" + cycle.cycle();
    }

    /**
     * Writes the cycle.
     *
     * @param open whether it is open from the start; the page's script builds the others when they are opened
     */
    void write(boolean open) throws IOException {
        var attributes = new ArrayList<>(List.of("class", "cycle", "id", id(experimentId, cycle)));
        attributes.addAll(List.of("data-verdict", cycle.verdict().name()));
        if (cycle.outcome() != null) {
            attributes.addAll(List.of("data-outcome", cycle.outcome().name()));
        }
        if (cycle.cause() != null) {
            attributes.addAll(List.of("data-cause", cycle.cause().name()));
        }
        if (open) {
            attributes.addAll(List.of("open", ""));
        }
        html.start("details", attributes.toArray(String[]::new))
                .start("summary")
                .start("div", "class", "row");
        for (Column column : Column.values()) {
            if (columns.has(column)) {
                cell(column);
            }
        }
        html.end("div").start("p", "class", "say");
        if (cycle.name() != null) {
            html.leaf("b", cycle.name()).text(": ");
        }
        explanation();
        html.end("p").end("summary");
        if (open) {
            html.start("div", "class", "body");
            new CycleBody(html, cycle).write();
        } else {
            var body = new StringWriter();
            new CycleBody(new Markup(body), cycle).write();
            html.start("div", "class", "body", "data-body", bodies.add(body.toString()));
        }
        html.end("div").end("details").line();
    }

    /** Writes the explanation and marks the part that says what would have prevented the failure. */
    private void explanation() throws IOException {
        String between = "";
        for (Sentence part : cycle.parts()) {
            html.text(between);
            if (part.about() == Sentence.Subject.prevention) {
                html.leaf("strong", part.text());
            } else {
                html.text(part.text());
            }
            between = " ";
        }
    }

    private void cell(Column column) throws IOException {
        if (column == Column.verdict) {
            PageWords.badge(html, cycle.verdict(), "c-verdict ");
            return;
        }
        String text = column.text(cycle);
        html.leaf("span", text == null ? "\u2013" : text, "class", "c-" + column.name() + style(column));
    }

    private String style(Column column) {
        if (column != Column.outcome || cycle.outcome() == null) {
            return "";
        }
        return cycle.outcome() == Outcome.bound ? " bound" : cycle.verdict() == Verdict.Pass ? " expected" : " failed";
    }
}
