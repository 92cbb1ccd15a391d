package dev.rebind.report.page;

import dev.rebind.record.CycleRecord;
import dev.rebind.report.Markup;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** What would have prevented an experiment's failed binds, each advice once, with how many it would have prevented. */
final class Remedies {
    /** Advice names the generation that it is about; the same advice for each generation is one advice. */
    private static final Pattern GENERATION = Pattern.compile("\\bgeneration \\d+");

    private final Map<String, Integer> counts = new LinkedHashMap<>();

    void add(CycleRecord record) {
        String advice = advice(record);
        if (!advice.isEmpty()) {
            counts.merge(advice, 1, Integer::sum);
        }
    }

    /** Without the number of a generation; empty where nothing would have prevented it. */
    static String advice(CycleRecord record) {
        return record.prevention() == null
                ? ""
                : GENERATION.matcher(record.prevention()).replaceAll("the old generation");
    }

    /** The most frequent first; nothing where the only failure says it itself. */
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
