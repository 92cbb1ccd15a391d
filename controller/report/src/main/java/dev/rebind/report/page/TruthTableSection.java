package dev.rebind.report.page;

import dev.rebind.experiment.cells.Relation;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.cells.Stack;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.CellSetup;
import dev.rebind.record.bind.Expected;
import dev.rebind.record.bind.Reuse;
import dev.rebind.report.Amounts;
import dev.rebind.report.Markup;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Draws the kernel's truth table as a map. Each cell shows the result that was seen, and also the rule's result where the two differ. */
final class TruthTableSection {
    private record Key(Residue residue, Relation relation, Stack family, boolean old, boolean fresh, Reuse ports) {}

    private final Markup html;
    private final String id;
    private final Map<Key, CycleRecord> cells = new HashMap<>();

    TruthTableSection(Markup html, String id, List<CycleRecord> records) {
        this.html = html;
        this.id = id;
        for (CycleRecord record : records) {
            CellSetup cell = record.cell();
            Reuse reuse = record.reuse();
            if (cell != null && reuse != null && cell.relation() != null && cell.family() != null) {
                cells.put(
                        new Key(
                                cell.residue(),
                                cell.relation(),
                                cell.family(),
                                reuse.old(),
                                reuse.fresh(),
                                cell.ports()),
                        record);
            }
        }
    }

    void write() throws IOException {
        long odd = cells.values().stream()
                .filter(cell -> cell.verdict() != Verdict.Pass)
                .count();
        html.leaf(
                "p",
                Amounts.count(cells.size(), "cell", "cells") + ", observed against what the kernel's rule says: "
                        + (odd == 0
                                ? "all agree."
                                : odd + (odd == 1 ? " does" : " do") + " not agree; framed in the table."));
        html.leaf(
                "p",
                "The new socket binds the same address as the old one, the wildcard over it, or another loopback address.",
                "class",
                "soft");
        html.start("ul", "class", "legend");
        legend("t-bound", "bound");
        legend("t-bind", "bind fails");
        legend("t-listen", "listen fails");
        html.end("ul");
        List<Reuse> ports = Reuse.ALL.stream()
                .filter(pair ->
                        cells.keySet().stream().anyMatch(key -> key.ports().equals(pair)))
                .toList();
        for (Reuse pair : ports) {
            table(pair, ports.size() > 1 ? "SO_REUSEPORT " + pair.text(" \u2192 ") : "");
        }
    }

    /** @param which the values of SO_REUSEPORT, where there are several tables; else empty */
    private void table(Reuse ports, String which) throws IOException {
        if (!which.isEmpty()) {
            html.leaf("h3", which);
        }
        html.scrolling(("Truth table " + which).strip());
        html.start("table", "class", "truth").start("thead").start("tr");
        html.leaf("th", "left on the port", "rowspan", "2", "scope", "col", "class", "state");
        html.leaf("th", "SO_REUSEADDR", "rowspan", "2", "scope", "col");
        for (Stack family : Stack.values()) {
            html.leaf("th", family.name(), "colspan", Integer.toString(Relation.values().length), "scope", "colgroup");
        }
        html.end("tr").start("tr");
        for (Stack _ : Stack.values()) {
            for (Relation relation : Relation.values()) {
                html.leaf("th", name(relation), "scope", "col");
            }
        }
        html.end("tr").end("thead").line();
        for (Residue residue : Residue.values()) {
            if (cells.keySet().stream().anyMatch(key -> key.residue() == residue)) {
                rows(residue, ports);
            }
        }
        html.end("table").end("div").line();
    }

    private void legend(String style, String text) throws IOException {
        html.start("li")
                .start("table", "class", "truth")
                .start("tr")
                .leaf("td", text, "class", style)
                .end("li");
    }

    private void rows(Residue residue, Reuse ports) throws IOException {
        html.start("tbody");
        for (int reuse = 0; reuse < 4; reuse++) {
            boolean old = reuse >= 2;
            boolean fresh = reuse % 2 == 1;
            html.start("tr");
            if (reuse == 0) {
                html.leaf("th", residue.name(), "rowspan", "4", "scope", "rowgroup", "class", "state");
            }
            html.leaf("th", new Reuse(old, fresh).text(" \u2192 "), "scope", "row");
            for (Stack family : Stack.values()) {
                for (Relation relation : Relation.values()) {
                    cell(cells.get(new Key(residue, relation, family, old, fresh, ports)));
                }
            }
            html.end("tr").line();
        }
        html.end("tbody").line();
    }

    private void cell(@Nullable CycleRecord record) throws IOException {
        if (record == null) {
            html.leaf("td", "not run", "class", "t-none");
            return;
        }
        String observed = record.outcome() == null ? "no answer" : text(record.outcome(), record.call());
        if (record.verdict() == Verdict.Pass) {
            html.leaf("td", observed, "class", style(record));
            return;
        }
        Expected expected = record.expected();
        html.start("td", "class", style(record) + " odd");
        html.leaf(
                "a",
                "seen: " + observed + (expected == null ? "" : "; rule: " + text(expected.outcome(), expected.call())),
                "href",
                "#" + CycleView.id(id, record));
        html.end("td");
    }

    private static String style(CycleRecord record) {
        if (record.outcome() == null) {
            return "t-none";
        }
        return record.outcome() == Outcome.bound ? "t-bound" : "listen".equals(record.call()) ? "t-listen" : "t-bind";
    }

    private static String text(Outcome outcome, @Nullable String call) {
        return outcome == Outcome.bound ? "bound" : call == null ? "fails" : call + " fails";
    }

    private static String name(Relation relation) {
        return switch (relation) {
            case same -> "same";
            case wildcard_over_specific -> "wildcard";
            case other -> "other";
        };
    }
}
