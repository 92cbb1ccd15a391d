package dev.rebind.diagnosis.text.table;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines: at a space where there is one, after an underscore or hyphen else, anywhere as the last resort. Pure. */
public final class Wrap {
    private Wrap() {}

    /** @return at least one line */
    public static List<String> lines(String text, int width) {
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

    /** Each line begins with the spaces that the text begins with. */
    public static List<String> indented(String text, int width) {
        int indent = text.length() - text.stripLeading().length();
        return lines(text, width - indent).stream()
                .map(line -> " ".repeat(indent) + line)
                .toList();
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
