package dev.rebind.report.drawing;

import dev.rebind.report.Markup;
import java.io.IOException;

/**
 * Writes SVG shapes. Their colours come from the style sheet by class, because the page's Content-Security-Policy forbids style attributes.
 */
final class Svg {
    private Svg() {}

    /** Formats a coordinate, rounded to a tenth. */
    static String n(double value) {
        long tenths = Math.round(value * 10);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : Double.toString(tenths / 10.0);
    }

    static void rect(Markup html, String style, double x, double y, double width, double height) throws IOException {
        if (width > 0 && height > 0) {
            html.start("rect", "class", style, "x", n(x), "y", n(y), "width", n(width), "height", n(height))
                    .end();
        }
    }

    static void line(Markup html, String style, double x1, double y1, double x2, double y2) throws IOException {
        html.start("line", "class", style, "x1", n(x1), "y1", n(y1), "x2", n(x2), "y2", n(y2))
                .end();
    }

    /** @param anchor start, middle or end */
    static void text(Markup html, String style, double x, double y, String anchor, String text) throws IOException {
        html.leaf("text", text, "class", style, "x", n(x), "y", n(y), "text-anchor", anchor);
    }
}
