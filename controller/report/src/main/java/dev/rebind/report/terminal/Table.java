package dev.rebind.report.terminal;

import dev.rebind.diagnosis.text.table.Aligned;
import dev.rebind.diagnosis.text.table.Sheet;
import dev.rebind.diagnosis.text.table.Wrap;
import dev.rebind.record.CycleRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Prints the table at the end of a run: a row for each cycle, with its explanation below. If an experiment has many cycles, similar ones
 * share a row. Where the columns do not fit side by side, the experiment's name stands above its rows. Where there is no room for columns
 * at all, each row becomes a block with one line for each value. The truth table becomes a map of its cells, with a row for each cell that
 * is not as expected.
 */
public final class Table {
    /** If an experiment has more cycles than this, similar cycles share a row. */
    private static final int ONE_BY_ONE = 12;

    private static final List<String> HEADINGS = List.of(
            "experiment", "restart", "closed by", "reuse", "residue", "outcome", "cause", "downtime", "verdict");
    private static final int RESIDUE = HEADINGS.indexOf("residue");
    private static final int INDENT = 2;
    private static final int NARROWEST = 6;
    /** On a narrower terminal, words would break in the columns, so each row becomes a block. */
    private static final int TABULAR = 80;

    private final Terminal terminal;

    public Table(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Prints the table for all records of a run. */
    public void print(Iterable<CycleRecord> records) {
        var rows = new ArrayList<Row>();
        var maps = new ArrayList<TruthMap>();
        byExperiment(records).values().forEach(all -> {
            List<CycleRecord> cells = all.stream().filter(TruthMap::isCell).toList();
            if (!cells.isEmpty()) {
                maps.add(new TruthMap(terminal, cells));
            }
            List<CycleRecord> others =
                    all.stream().filter(record -> !TruthMap.isCell(record)).toList();
            rows.addAll(others.size() > ONE_BY_ONE ? Row.alike(others, terminal) : Row.each(others, terminal));
            rows.addAll(Row.each(cells.stream().filter(TruthMap::isSurprise).toList(), terminal));
        });
        if (terminal.columns() < TABULAR) {
            rows.forEach(this::block);
        } else if (!rows.isEmpty()) {
            print(rows);
        }
        maps.forEach(TruthMap::print);
        terminal.out().flush();
    }

    private static Map<String, List<CycleRecord>> byExperiment(Iterable<CycleRecord> records) {
        var experiments = new LinkedHashMap<String, List<CycleRecord>>();
        records.forEach(record -> experiments
                .computeIfAbsent(record.experiment(), _ -> new ArrayList<>())
                .add(record));
        return experiments;
    }

    private void print(List<Row> rows) {
        boolean named = total(natural(rows, true)) - spare(rows) <= terminal.columns();
        int[] widths = narrowed(natural(rows, named));
        line(headings(named), widths, Style.heading, Style.heading);
        terminal.out().println(terminal.rule().repeat(total(widths)));
        String experiment = "";
        for (Row row : rows) {
            if (!named && !row.experiment().equals(experiment)) {
                experiment = row.experiment();
                terminal.wrapped(experiment, 0, Style.heading);
            }
            line(cells(row, named), widths, Style.plain, Style.of(row.verdict()));
            sentence(row);
        }
    }

    private void sentence(Row row) {
        terminal.wrapped(row.sentence(), INDENT, Style.faint);
    }

    private void block(Row row) {
        terminal.wrapped(row.experiment(), 0, Style.heading);
        List<Sheet.Labelled> lines = Sheet.block(headings(false), cells(row, false), terminal.columns());
        for (int i = 0; i < lines.size(); i++) {
            // The verdict is a single word, so it is always the last line.
            Style style = i == lines.size() - 1 ? Style.of(row.verdict()) : Style.plain;
            terminal.out().println(lines.get(i).label() + style.on(lines.get(i).text(), terminal));
        }
        sentence(row);
    }

    private static List<String> headings(boolean named) {
        return named ? HEADINGS : HEADINGS.subList(1, HEADINGS.size());
    }

    private static List<String> cells(Row row, boolean named) {
        return named ? row.cells() : row.cells().subList(1, row.cells().size());
    }

    /** Width of each column: that of its longest cell. The name has no column where it stands on a line of its own. */
    private static int[] natural(List<Row> rows, boolean named) {
        // In a narrow table, headings may wrap between words.
        int[] widths = headings(named).stream()
                .map(heading -> named ? heading : heading.substring(0, (heading + " ").indexOf(' ')))
                .mapToInt(String::length)
                .toArray();
        for (Row row : rows) {
            Aligned.widen(widths, cells(row, named));
        }
        return widths;
    }

    /** How many characters the residue column can lose if each state gets its own line. */
    private static int spare(List<Row> rows) {
        int one = 0;
        int all = HEADINGS.get(RESIDUE).length();
        for (Row row : rows) {
            String residue = row.cells().get(RESIDUE);
            all = Math.max(all, residue.length());
            for (String state : residue.split(", ")) {
                one = Math.max(one, state.length() + ",".length());
            }
        }
        return Math.max(0, all - Math.max(one, HEADINGS.get(RESIDUE).length()));
    }

    /** Reduces the widest column, again and again, until the table fits into the terminal. */
    private int[] narrowed(int[] widths) {
        while (total(widths) > terminal.columns()) {
            int widest = 0;
            for (int i = 1; i < widths.length; i++) {
                if (widths[i] > widths[widest]) {
                    widest = i;
                }
            }
            if (widths[widest] <= NARROWEST) {
                break;
            }
            widths[widest]--;
        }
        return widths;
    }

    private int total(int[] widths) {
        return Aligned.total(widths, gap());
    }

    private int gap() {
        return terminal.columns() < 100 ? 1 : Aligned.GAP;
    }

    private void line(List<String> cells, int[] widths, Style style, Style last) {
        var columns = new ArrayList<List<String>>();
        int height = 1;
        for (int i = 0; i < widths.length; i++) {
            List<String> lines = Wrap.lines(cells.get(i), widths[i]);
            columns.add(lines);
            height = Math.max(height, lines.size());
        }
        for (int y = 0; y < height; y++) {
            int at = y;
            List<String> row = columns.stream()
                    .map(lines -> at < lines.size() ? lines.get(at) : "")
                    .toList();
            terminal.out()
                    .println(Aligned.line(
                            row, widths, gap(), text -> style.on(text, terminal), text -> last.on(text, terminal)));
        }
    }
}
