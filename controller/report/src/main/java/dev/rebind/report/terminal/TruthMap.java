package dev.rebind.report.terminal;

import dev.rebind.experiment.cells.Relation;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.cells.Stack;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.CellSetup;
import dev.rebind.record.bind.Reuse;
import dev.rebind.report.Amounts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;

/**
 * Draws the truth table in about a dozen lines. Each cell is one letter; the four pairs of SO_REUSEADDR (off to off, off to on, ...) stand
 * side by side.
 */
final class TruthMap {
    private static final int LABEL = 12;
    private static final int CELL = 5;
    private static final int GROUP = Relation.values().length * CELL + 1;
    private static final String MISSING = " ";

    private final Terminal terminal;
    private final List<CycleRecord> cells;

    TruthMap(Terminal terminal, List<CycleRecord> cells) {
        this.terminal = terminal;
        this.cells = cells;
    }

    /** Whether the record belongs to the truth table. */
    static boolean isCell(CycleRecord record) {
        return record.cell() != null
                && record.cell().relation() != null
                && record.cell().family() != null;
    }

    static boolean isSurprise(CycleRecord cell) {
        return cell.verdict() != Verdict.Pass;
    }

    void print() {
        long surprises = cells.stream().filter(TruthMap::isSurprise).count();
        terminal.out().println();
        terminal.wrapped(
                Terminal.printable(cells.getFirst().experiment()) + ": "
                        + Amounts.count(cells.size(), "cell", "cells") + ", "
                        + (surprises == 0 ? "all as expected" : surprises + " not as expected (rows above)"),
                0,
                Style.heading);
        maps();
        legend("Old" + terminal.arrow() + "new SO_REUSEADDR in each cell: off" + terminal.arrow() + "off, off"
                + terminal.arrow() + "on, on" + terminal.arrow() + "off, on" + terminal.arrow() + "on.");
        legend("New address: same; wild: wildcard over a specific one; othr: another one.");
        legend(terminal.dot() + " bound   b bind fails   l listen fails   ! not as expected   ? no answer");
    }

    private void legend(String text) {
        terminal.wrapped(text, 0, Style.plain);
    }

    /** Draws a map for each pair of SO_REUSEPORT values. A map that equals an earlier one is not drawn again. */
    private void maps() {
        List<Reuse> pairs = Reuse.ALL.stream()
                .filter(pair -> cells.stream().anyMatch(cell -> of(cell).ports().equals(pair)))
                .toList();
        var drawn = new LinkedHashMap<List<String>, Reuse>();
        for (Reuse pair : pairs) {
            List<String> map = map(pair);
            Reuse earlier = drawn.putIfAbsent(map, pair);
            if (pairs.size() > 1) {
                terminal.out()
                        .println(Style.heading.on("SO_REUSEPORT " + pair.text(terminal.arrow()), terminal)
                                + (earlier == null ? "" : ": the same as " + earlier.text(terminal.arrow())));
            }
            if (earlier == null) {
                map.forEach(terminal.out()::println);
            }
        }
    }

    private List<String> map(Reuse ports) {
        List<Stack> all = List.of(Stack.values());
        int most = Math.max(1, (terminal.columns() - LABEL) / GROUP);
        var lines = new ArrayList<String>();
        for (int first = 0; first < all.size(); first += most) {
            List<Stack> some = all.subList(first, Math.min(all.size(), first + most));
            lines.addAll(headings(some));
            for (Residue residue : Residue.values()) {
                if (cells.stream().anyMatch(cell -> of(cell).residue() == residue)) {
                    lines.add(row(residue, some, ports));
                }
            }
        }
        return lines;
    }

    private static List<String> headings(List<Stack> some) {
        var families = new StringBuilder(" ".repeat(LABEL));
        var relations = new StringBuilder(" ".repeat(LABEL));
        for (Stack family : some) {
            families.append(padded(family.name(), GROUP));
            for (Relation relation : Relation.values()) {
                relations.append(padded(
                        switch (relation) {
                            case same -> "same";
                            case wildcard_over_specific -> "wild";
                            case other -> "othr";
                        },
                        CELL));
            }
            relations.append(' ');
        }
        return List.of(families.toString().stripTrailing(), relations.toString().stripTrailing());
    }

    private String row(Residue residue, List<Stack> some, Reuse ports) {
        var line = new StringBuilder(padded(residue.name(), LABEL));
        for (Stack family : some) {
            for (Relation relation : Relation.values()) {
                for (int reuse = 0; reuse < 4; reuse++) {
                    line.append(letter(residue, family, relation, Reuse.ALL.get(reuse), ports));
                }
                line.append(" ".repeat(CELL - 4));
            }
            line.append(' ');
        }
        return line.toString().stripTrailing();
    }

    private String letter(Residue residue, Stack family, Relation relation, Reuse reuse, Reuse ports) {
        return cells.stream()
                .filter(cell -> of(cell).residue() == residue
                        && of(cell).family() == family
                        && of(cell).relation() == relation
                        && of(cell).ports().equals(ports)
                        && reuse.equals(cell.reuse()))
                .findFirst()
                .map(this::letter)
                .orElse(MISSING);
    }

    private String letter(CycleRecord cell) {
        if (cell.verdict() == Verdict.Fail) {
            return Style.bad.on("!", terminal);
        }
        if (cell.outcome() == null || cell.verdict() != Verdict.Pass) {
            return Style.unclear.on("?", terminal);
        }
        return cell.outcome() == Outcome.bound ? terminal.dot() : "listen".equals(cell.call()) ? "l" : "b";
    }

    private static CellSetup of(CycleRecord record) {
        return Objects.requireNonNull(record.cell());
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }
}
