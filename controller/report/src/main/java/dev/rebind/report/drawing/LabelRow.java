package dev.rebind.report.drawing;

import dev.rebind.report.Markup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Labels on one line of a drawing. Each label stands as close to its wanted place as it can without covering another label or leaving the
 * drawing.
 */
final class LabelRow {
    /** An upper estimate of the width of a character in the fonts of the page. */
    static final double CHARACTER = 7.5;

    private static final double GAP = 8;

    /** @param x wanted place of the label's middle */
    private record Label(String style, String text, double x) {
        double width() {
            return CHARACTER * text.length();
        }
    }

    private final double right;
    private final List<Label> labels = new ArrayList<>();

    /** @param right the right end of the drawing, which begins at 0 */
    LabelRow(double right) {
        this.right = right;
    }

    /**
     * Adds a label.
     *
     * @param x wanted place of the label's middle, not left of the one of the label before it
     */
    LabelRow add(String style, String text, double x) {
        labels.add(new Label(style, text, x));
        return this;
    }

    void write(Markup html, double y) throws IOException {
        double[] starts = starts();
        for (int i = 0; i < starts.length; i++) {
            Label label = labels.get(i);
            Svg.text(html, label.style(), starts[i] + label.width() / 2, y, "middle", label.text());
        }
    }

    /**
     * Moves labels right, from left to right, until none covers the one before it; then moves them left, from right to left, until all fit.
     */
    private double[] starts() {
        var starts = new double[labels.size()];
        double free = 0;
        for (int i = 0; i < starts.length; i++) {
            double width = labels.get(i).width();
            starts[i] = Math.max(free, labels.get(i).x() - width / 2);
            free = starts[i] + width + GAP;
        }
        double end = right;
        for (int i = starts.length - 1; i >= 0; i--) {
            starts[i] = Math.min(starts[i], end - labels.get(i).width());
            end = starts[i] - GAP;
        }
        return starts;
    }
}
