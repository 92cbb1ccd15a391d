package dev.rebind.report.drawing;

import dev.rebind.report.Markup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Labels on one line of a drawing. Each stands as near to its place as it can without lying on another one or leaving the drawing. */
final class LabelRow {
    /** A character is hardly ever wider, in the fonts of the page. */
    static final double CHARACTER = 7.5;

    private static final double GAP = 8;

    /** @param x where its middle is to be */
    private record Label(String style, String text, double x) {
        double width() {
            return CHARACTER * text.length();
        }
    }

    private final double right;
    private final List<Label> labels = new ArrayList<>();

    /** @param right where the drawing ends; it begins at 0 */
    LabelRow(double right) {
        this.right = right;
    }

    /** @param x where its middle is to be: not left of that of the label before it */
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

    /** From left to right each makes room for the one before, and then from right to left for the one after. */
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
