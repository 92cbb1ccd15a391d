package dev.rebind.cli;

import dev.rebind.sockets.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The findings of a check: each sentence once, with the ways of stopping for which it holds. */
final class WaySentences {
    private final Map<String, Set<String>> ways = new LinkedHashMap<>();

    /** Adds a sentence that does not depend on a way of stopping. */
    void add(String sentence) {
        ways.putIfAbsent(sentence, new LinkedHashSet<>());
    }

    void add(String way, String sentence) {
        ways.computeIfAbsent(sentence, _ -> new LinkedHashSet<>()).add(way);
    }

    /** Returns the sentences in the order in which they were added, with a blank line at the end where there are any. */
    List<String> lines() {
        var lines = new ArrayList<String>();
        ways.forEach(
                (sentence, its) -> lines.add((its.isEmpty() ? "" : Series.and(List.copyOf(its)) + ": ") + sentence));
        if (!lines.isEmpty()) {
            lines.add("");
        }
        return lines;
    }
}
