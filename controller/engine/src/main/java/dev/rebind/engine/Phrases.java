package dev.rebind.engine;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Phrases for the sentences that this package writes. */
final class Phrases {
    private Phrases() {}

    /** Returns the counts as text, for example {@code 3 TIME_WAIT and 1 LISTEN}. */
    static String counts(Map<String, Integer> states) {
        return states.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(" and "));
    }

    static String seconds(double millis) {
        return millis < 1_000
                ? String.format(Locale.ROOT, "%.0f ms", millis)
                : String.format(Locale.ROOT, "%.1f s", millis / 1_000);
    }
}
