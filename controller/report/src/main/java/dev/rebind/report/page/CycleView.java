package dev.rebind.report.page;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecord.Outcome;
import dev.rebind.report.Amounts;
import dev.rebind.report.Markup;
import java.io.IOException;
import java.util.Arrays;

/** One cycle: a line with its sentence, and behind it all that is known of it. */
final class CycleView {
    private final Markup html;
    private final String experimentId;
    private final CycleRecord cycle;
    private final boolean open;

    /** @param open whether it is open from the start */
    CycleView(Markup html, String experimentId, CycleRecord cycle, boolean open) {
        this.html = html;
        this.experimentId = experimentId;
        this.cycle = cycle;
        this.open = open;
    }

    static String id(String experimentId, CycleRecord cycle) {
        return experimentId + "-" + cycle.cycle();
    }

    void write() throws IOException {
        String[] attributes = {
            "class",
            "cycle",
            "id",
            id(experimentId, cycle),
            "data-experiment",
            cycle.experiment(),
            "data-verdict",
            cycle.verdict().name(),
            "data-outcome",
            cycle.outcome() == null ? "" : cycle.outcome().name(),
            "data-cause",
            cycle.cause() == null ? "" : cycle.cause().name()
        };
        html.start("details", attributes(attributes)).start("summary");
        html.start("div", "class", "row");
        cell("cycle", Integer.toString(cycle.cycle()));
        cell("restart", cycle.restart());
        cell("closed by", cycle.closedBy());
        cell("reuse", Amounts.reuse(cycle.reuse(), " \u2192 "));
        cell("residue", residue());
        outcome();
        cell("downtime", cycle.downtimeMs() == null ? "\u2013" : Amounts.duration(cycle.downtimeMs()));
        html.start("span");
        Words.badge(html, cycle.verdict());
        html.end("span").leaf("span", "").end("div");
        html.start("p", "class", "say");
        if (cycle.name() != null) {
            html.leaf("b", cycle.name()).text(": ");
        }
        explanation();
        html.end("p").end("summary").line();
        html.start("div", "class", "body");
        new CycleBody(html, cycle).write();
        html.end("div").end("details").line();
    }

    /** An attribute without a value cannot be left out by the builder, so the open cycles have one more. */
    private String[] attributes(String[] common) {
        if (!open) {
            return common;
        }
        String[] opened = Arrays.copyOf(common, common.length + 2);
        opened[common.length] = "open";
        opened[common.length + 1] = "";
        return opened;
    }

    /** With what would have prevented the failure made plain, where it is part of the text. */
    private void explanation() throws IOException {
        String text = cycle.explanation();
        String prevention = cycle.prevention();
        int at = prevention == null || prevention.isEmpty() ? -1 : text.indexOf(prevention);
        if (at < 0 || prevention == null) {
            html.text(text);
        } else {
            html.text(text.substring(0, at)).leaf("strong", prevention);
            html.text(text.substring(at + prevention.length()));
        }
    }

    private void cell(String name, String value) throws IOException {
        html.start("span").leaf("span", name + " ", "class", "k").text(value).end("span");
    }

    private void outcome() throws IOException {
        html.start("span").leaf("span", "outcome ", "class", "k");
        if (cycle.outcome() == null) {
            html.text("no bind");
        } else {
            html.leaf("span", cycle.outcome().name(), "class", cycle.outcome() == Outcome.bound ? "bound" : "failed");
        }
        if (cycle.cause() != null) {
            html.text(", " + cycle.cause().name());
        }
        html.end("span");
    }

    private String residue() {
        if (cycle.residue() == null) {
            return cycle.unreadable() == null ? "\u2013" : "unreadable";
        }
        return cycle.residue().isEmpty() ? "none" : Words.counts(cycle.residue());
    }
}
