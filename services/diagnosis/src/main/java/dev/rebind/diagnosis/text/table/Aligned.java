package dev.rebind.diagnosis.text.table;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Rows of cells under each other. Pure. */
public final class Aligned {
    /** Spaces between columns, as a rule. */
    public static final int GAP = 2;

    private Aligned() {}

    /** The columns with the gaps between them. */
    public static int total(int[] widths, int gap) {
        return IntStream.of(widths).sum() + gap * Math.max(0, widths.length - 1);
    }

    /** Makes columns as wide as the cells of this row need. */
    public static void widen(int[] widths, List<String> row) {
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
    public static String line(
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
