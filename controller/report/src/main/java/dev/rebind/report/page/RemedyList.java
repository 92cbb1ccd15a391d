package dev.rebind.report.page;

import dev.rebind.record.CycleRecord;
import dev.rebind.report.Markup;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lists what would have prevented an experiment's failed binds: each advice once, with the number of failures that it would have prevented.
 */
final class RemedyList {
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    void add(CycleRecord record) {
        if (record.prevention() != null) {
            counts.merge(record.prevention(), 1, Integer::sum);
        }
    }

    /** Writes the most frequent advice first. Writes nothing for a single failure, which shows its advice itself. */
    void write(Markup html) throws IOException {
        if (counts.values().stream().mapToInt(Integer::intValue).sum() < 2) {
            return;
        }
        html.leaf("h3", "What would have prevented the failures").start("ol", "class", "remedies");
        for (Map.Entry<String, Integer> remedy : counts.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .toList()) {
            html.start("li")
                    .leaf("span", remedy.getValue() + " \u00D7", "class", "times")
                    .leaf("span", remedy.getKey())
                    .end("li");
        }
        html.end("ol").line();
    }
}
