package dev.rebind.report.terminal;

import java.util.List;
import java.util.function.UnaryOperator;

/** Rows of cells under each other. Pure. */
public final class Aligned {
    static final int GAP = 2;

    private Aligned() {}

    /** Each column as wide as its longest cell, with two spaces between them. */
    public static List<String> lines(List<List<String>> rows) {
        int[] widths = new int[rows.isEmpty() ? 0 : rows.getFirst().size()];
        rows.forEach(row -> widen(widths, row));
        return rows.stream()
                .map(row -> line(row, widths, GAP, UnaryOperator.identity(), UnaryOperator.identity()))
                .toList();
    }

    /** Makes columns as wide as the cells of this row need. */
    static void widen(int[] widths, List<String> row) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], row.get(i).length());
        }
    }

    /**
     * One line of text.
     *
     * @param style of a cell; it adds no width
     * @param last style of the last cell
     */
    static String line(
            List<String> row, int[] widths, int gap, UnaryOperator<String> style, UnaryOperator<String> last) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String text = row.get(i);
            boolean end = i == widths.length - 1;
            line.append((end ? last : style).apply(text));
            if (!end) {
                line.append(" ".repeat(widths[i] - text.length() + gap));
            }
        }
        return line.toString().stripTrailing();
    }
}
