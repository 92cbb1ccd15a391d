package dev.rebind.diagnosis.text.table;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Entries with their notes: in a table where it fits into the lines, perhaps with the last column wrapped; else each as a block, with a
 * line for each cell that says something. Pure.
 *
 * @param gap spaces between columns
 * @param indent of notes below a row of the table
 */
public record Sheet(int gap, int indent, List<Column> columns, List<Entry> entries) {
    /** The width of a file or a pipe, whose lines have no end. */
    public static final int ENDLESS = Integer.MAX_VALUE;

    private static final int INDENT = 2;
    /** The last column of a table is not wrapped into fewer characters. */
    private static final int LAST = 24;

    /**
     * @param atLeast its width where there is room
     * @param number whether it is aligned at the right, and a 0 says nothing
     * @param titled whether an entry's title tells it
     */
    public record Column(String heading, int atLeast, boolean number, boolean titled) {
        public static Column of(String heading, int atLeast) {
            return new Column(heading, atLeast, false, false);
        }

        /** A column that the title of an entry tells. */
        public static Column titled(String heading, int atLeast) {
            return new Column(heading, atLeast, false, true);
        }

        /** A column of whole numbers. */
        public static Column number(String heading, int atLeast) {
            return new Column(heading, atLeast, true, false);
        }
    }

    /**
     * @param title what stands above its block
     * @param cells one for each column
     * @param notes sentences below the row
     */
    public record Entry(String title, List<String> cells, List<String> notes) {
        public Entry {
            cells = List.copyOf(cells);
            notes = List.copyOf(notes);
        }
    }

    /** A line of a block: {@code "  restart    "} and {@code "process"}. */
    public record Labelled(String label, String text) {}

    public Sheet {
        columns = List.copyOf(columns);
        entries = List.copyOf(entries);
    }

    /** @param width of a line in characters, or {@link #ENDLESS} */
    public List<String> lines(int width) {
        List<String> headings = columns.stream().map(Column::heading).toList();
        int[] natural = new int[columns.size()];
        Aligned.widen(natural, headings);
        entries.forEach(entry -> Aligned.widen(natural, entry.cells()));
        int[] wide = natural.clone();
        for (int i = 0; i < wide.length; i++) {
            wide[i] = Math.max(wide[i], columns.get(i).atLeast());
        }
        if (Aligned.total(wide, gap) <= width) {
            return table(headings, wide, width);
        }
        int end = natural.length - 1;
        int last = width - Aligned.total(natural, gap) + natural[end];
        if (last >= Math.min(LAST, natural[end])) {
            natural[end] = Math.min(last, natural[end]);
            return table(headings, natural, width);
        }
        return entries.stream().flatMap(entry -> block(entry, width).stream()).toList();
    }

    private List<String> table(List<String> headings, int[] widths, int width) {
        var lines = new ArrayList<>(row(headings, widths));
        for (Entry entry : entries) {
            lines.addAll(row(entry.cells(), widths));
            lines.addAll(notes(entry, indent, width));
        }
        return lines;
    }

    private static List<String> notes(Entry entry, int indent, int width) {
        return entry.notes().stream()
                .flatMap(note -> Wrap.indented(" ".repeat(indent) + note, width).stream())
                .toList();
    }

    /** One line, and more where the last cell is longer than its column. */
    private List<String> row(List<String> cells, int[] widths) {
        int end = widths.length - 1;
        var lines = new ArrayList<String>();
        for (String last : Wrap.lines(cells.getLast(), widths[end])) {
            List<String> line = IntStream.range(0, widths.length)
                    .mapToObj(i -> i == end ? last : lines.isEmpty() ? padded(cells.get(i), i, widths[i]) : "")
                    .toList();
            lines.add(Aligned.line(line, widths, gap, UnaryOperator.identity(), UnaryOperator.identity()));
        }
        return lines;
    }

    private String padded(String text, int column, int width) {
        return columns.get(column).number() ? " ".repeat(Math.max(0, width - text.length())) + text : text;
    }

    private List<String> block(Entry entry, int width) {
        var lines = new ArrayList<>(Wrap.lines(entry.title(), width));
        var headings = new ArrayList<String>();
        var cells = new ArrayList<String>();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            String cell = entry.cells().get(i);
            if (!column.titled()) {
                headings.add(column.heading());
                cells.add(column.number() && cell.equals("0") ? "" : cell);
            }
        }
        block(headings, cells, width).forEach(line -> lines.add((line.label() + line.text()).stripTrailing()));
        lines.addAll(notes(entry, INDENT, width));
        return lines;
    }

    /** A line, or several, for each cell that says something. */
    public static List<Labelled> block(List<String> headings, List<String> cells, int width) {
        int label = headings.stream().mapToInt(String::length).max().orElse(0) + Aligned.GAP;
        var lines = new ArrayList<Labelled>();
        for (int i = 0; i < cells.size(); i++) {
            if (isNothing(cells.get(i))) {
                continue;
            }
            String heading = headings.get(i);
            for (String line : Wrap.lines(cells.get(i), width - INDENT - label)) {
                lines.add(new Labelled(" ".repeat(INDENT) + heading + " ".repeat(label - heading.length()), line));
                heading = "";
            }
        }
        return lines;
    }

    private static boolean isNothing(String cell) {
        return cell.isEmpty() || cell.equals("-") || cell.equals("\u2013");
    }
}
