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
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> into.append("\\\"");
                case '\\' -> into.append("\\\\");
                case '\n' -> into.append("\\n");
                default -> {
                    if (c < 0x20 || c == 0x7f || (Character.isSurrogate(c) && !paired(text, i))) {
                        into.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        into.append(c);
                    }
                }
            }
        }
        into.append('"');
    }

    private static boolean paired(String text, int at) {
        return (at + 1 < text.length() && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1)))
                || (at > 0 && Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at)));
    }
}
