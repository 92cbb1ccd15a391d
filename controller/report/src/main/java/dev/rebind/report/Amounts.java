package dev.rebind.report;

import dev.rebind.record.bind.Reuse;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Formats numbers for people; the text is the same in every locale. */
public final class Amounts {
    private Amounts() {}

    /**
     * Formats a duration, for example {@code 0.4 ms}, {@code 171 ms}, {@code 2.51 s}, {@code 60.4 s}, {@code 3 min 20 s}; it may be
     * negative.
     */
    public static String duration(double ms) {
        double size = Math.abs(ms);
        if (size < 9.95) {
            return String.format(Locale.ROOT, "%.1f ms", ms);
        }
        if (size < 999.5) {
            return String.format(Locale.ROOT, "%.0f ms", ms);
        }
        if (size < 9_995) {
            return String.format(Locale.ROOT, "%.2f s", ms / 1_000);
        }
        if (size < 119_950) {
            return String.format(Locale.ROOT, "%.1f s", ms / 1_000);
        }
        long seconds = Math.round(ms / 1_000);
        return seconds / 60 + " min " + Math.abs(seconds % 60) + " s";
    }

    /** Formats seconds, for example {@code 41 s} or {@code 3 min 20 s}. */
    public static String wholeSeconds(long seconds) {
        return seconds < 120 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }

    /** Formats a count with separators, for example {@code 12,000}. */
    public static String grouped(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** Formats SO_REUSEADDR of both generations with the given arrow between them; a dash where it is not known. */
    public static String reuse(@Nullable Reuse reuse, String arrow) {
        return reuse == null ? "\u2013" : reuse.text(arrow);
    }

    /** Formats counts by name, for example {@code LISTEN 1, TIME_WAIT 5}. */
    public static String counts(Map<String, Integer> counts) {
        return new TreeMap<>(counts)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }

    /** Formats a count with its noun, for example {@code 1 cycle} or {@code 12,000 cycles}. */
    public static String count(long count, String one, String many) {
        return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : many);
    }
}
