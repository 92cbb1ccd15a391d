package dev.rebind.diagnosis.json;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, strings, numbers, booleans and nulls as JSON (RFC 8259) in one line. Pure. */
public final class JsonWriter {
    private JsonWriter() {}

    public static String write(@Nullable Object value) {
        var into = new StringBuilder();
        write(value, into);
        return into.toString();
    }

    private static void write(@Nullable Object value, StringBuilder into) {
        switch (value) {
            case null -> into.append("null");
            case Map<?, ?> map -> object(map, into);
            case List<?> list -> array(list, into);
            case Double number -> into.append(String.format(Locale.ROOT, "%.3f", number));
            case Number number -> into.append(number);
            case Boolean flag -> into.append(flag);
            default -> string(value.toString(), into);
        }
    }

    private static void object(Map<?, ?> map, StringBuilder into) {
        into.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            string(String.valueOf(entry.getKey()), into);
            into.append(':');
            write(entry.getValue(), into);
            if (entries.hasNext()) {
                into.append(',');
            }
        }
        into.append('}');
    }

    private static void array(List<?> list, StringBuilder into) {
        into.append('[');
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) {
                into.append(',');
            }
            write(list.get(i), into);
        }
        into.append(']');
    }

    private static void string(String text, StringBuilder into) {
        into.append('"');
        text.codePoints().forEach(point -> {
            switch (point) {
                case '"' -> into.append("\\\"");
                case '\\' -> into.append("\\\\");
                case '\n' -> into.append("\\n");
                default -> {
                    if (isEscaped(point)) {
                        for (char half : Character.toChars(point)) {
                            into.append(String.format(Locale.ROOT, "\\u%04x", (int) half));
                        }
                    } else {
                        into.appendCodePoint(point);
                    }
                }
            }
        });
        into.append('"');
    }

    /** What a terminal would obey or not show, ends a line in some readers, or is half of a pair of surrogates. */
    private static boolean isEscaped(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
