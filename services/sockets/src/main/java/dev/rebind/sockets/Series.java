package dev.rebind.sockets;

import java.util.List;

/** Several words or clauses as people write them one after the other. Pure. */
public final class Series {
    private Series() {}

    /** {@code a}, {@code a and b}, {@code a, b and c}; empty for none. */
    public static String and(List<String> parts) {
        return joined(parts, " and ");
    }

    /** {@code a}, {@code a or b}, {@code a, b or c}; empty for none. */
    public static String or(List<String> parts) {
        return joined(parts, " or ");
    }

    private static String joined(List<String> parts, String last) {
        if (parts.size() < 2) {
            return String.join("", parts);
        }
        return String.join(", ", parts.subList(0, parts.size() - 1)) + last + parts.getLast();
    }
}
