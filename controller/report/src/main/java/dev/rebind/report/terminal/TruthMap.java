package dev.rebind.report.terminal;

import dev.rebind.experiment.ExperimentSpec.Relation;
import dev.rebind.experiment.ExperimentSpec.Residue;
import dev.rebind.experiment.ExperimentSpec.Stack;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecord.Outcome;
import dev.rebind.record.CycleRecord.Verdict;
import dev.rebind.report.Amounts;
import java.util.List;
import java.util.Objects;

/** The truth table in a dozen lines: one letter for each cell, four of them (off to off, off to on, ...) side by side. */
final class TruthMap {
    private static final int LABEL = 12;
    private static final int CELL = 5;
    private static final String MISSING = " ";

    private final Terminal terminal;
    private final List<CycleRecord> cells;

    TruthMap(Terminal terminal, List<CycleRecord> cells) {
        this.terminal = terminal;
        this.cells = cells;
    }

    /** Whether the record has a place in the truth table. */
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
        terminal.out()
                .println(Style.heading.on(
                        Terminal.printable(cells.getFirst().experiment()) + ": "
                                + Amounts.count(cells.size(), "cell", "cells") + ", "
                                + (surprises == 0 ? "all as expected" : surprises + " not as expected (rows above)"),
                        terminal));
        headings();
        for (Residue residue : Residue.values()) {
            if (cells.stream().anyMatch(cell -> of(cell).residue() == residue)) {
                row(residue);
            }
        }
        terminal.out()
                .println("Old" + terminal.arrow() + "new SO_REUSEADDR in each cell: off" + terminal.arrow() + "off, off"
                        + terminal.arrow() + "on, on" + terminal.arrow() + "off, on" + terminal.arrow() + "on.");
        terminal.out().println("New address: same; wild: wildcard over a specific one; othr: another one.");
        terminal.out()
                .println(terminal.dot() + " bound   b bind fails   l listen fails   ! not as expected   ? no answer");
    }

    private void headings() {
        int group = Relation.values().length * CELL + 1;
        var families = new StringBuilder(" ".repeat(LABEL));
        var relations = new StringBuilder(" ".repeat(LABEL));
        for (Stack family : Stack.values()) {
            families.append(padded(family.name(), group));
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
        terminal.out().println(families.toString().stripTrailing());
        terminal.out().println(relations.toString().stripTrailing());
    }

    private void row(Residue residue) {
        var line = new StringBuilder(padded(residue.name(), LABEL));
        for (Stack family : Stack.values()) {
            for (Relation relation : Relation.values()) {
                for (int reuse = 0; reuse < 4; reuse++) {
                    line.append(letter(residue, family, relation, reuse >= 2, reuse % 2 == 1));
                }
                line.append(" ".repeat(CELL - 4));
            }
            line.append(' ');
        }
        terminal.out().println(line.toString().stripTrailing());
    }

    private String letter(Residue residue, Stack family, Relation relation, boolean old, boolean fresh) {
        return cells.stream()
                .filter(cell -> of(cell).residue() == residue
                        && of(cell).family() == family
                        && of(cell).relation() == relation
                        && new CycleRecord.Reuse(old, fresh).equals(cell.reuse()))
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

    private static CycleRecord.Cell of(CycleRecord record) {
        return Objects.requireNonNull(record.cell());
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }
}
