package dev.rebind.report.terminal;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines: at a space where there is one, after an underscore or comma else, anywhere as the last resort. */
final class Wrap {
    private Wrap() {}

    /** @return at least one line */
    static List<String> lines(String text, int width) {
        var lines = new ArrayList<String>();
        String left = text.strip();
        while (left.length() > width) {
            int cut = cut(left, width);
            lines.add(left.substring(0, cut).stripTrailing());
            left = left.substring(cut).stripLeading();
        }
        lines.add(left);
        return lines;
    }

    private static int cut(String text, int width) {
        int space = text.lastIndexOf(' ', width);
        if (space > 0) {
            return space;
        }
        int mark = Math.max(text.lastIndexOf('_', width - 1), text.lastIndexOf('-', width - 1));
        if (mark > 0) {
            return mark + 1;
        }
        return Character.isHighSurrogate(text.charAt(width - 1)) && width > 1 ? width - 1 : width;
    }
}
