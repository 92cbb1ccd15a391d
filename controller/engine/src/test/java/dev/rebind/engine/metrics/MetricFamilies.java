package dev.rebind.engine.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A scrape in Prometheus' text format, by family. */
final class MetricFamilies {
    private static final Pattern HEAD = Pattern.compile("# (HELP|TYPE) (\\S+) ?(.*)");
    private static final Pattern SAMPLE = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    private MetricFamilies() {}

    static final class Family {
        String help = "";
        String type = "";
        final TreeMap<String, TreeSet<String>> labels = new TreeMap<>();
        int series;
    }

    /** In the order of their names; the largest value of a histogram belongs to the histogram. */
    static Map<String, Family> of(String scrape) {
        var families = new TreeMap<String, Family>();
        for (String line : scrape.lines().toList()) {
            Matcher head = HEAD.matcher(line);
            if (head.matches()) {
                Family family = families.computeIfAbsent(head.group(2), _ -> new Family());
                if (head.group(1).equals("HELP")) {
                    family.help = head.group(3);
                } else {
                    family.type = head.group(3);
                }
                continue;
            }
            Matcher sample = SAMPLE.matcher(line);
            if (!sample.matches()) {
                throw new IllegalArgumentException("no line of a scrape: " + line);
            }
            Family family = family(families, sample.group(1));
            if (family == null) {
                throw new IllegalArgumentException("a sample without a family: " + line);
            }
            family.series++;
            if (sample.group(2) != null) {
                Matcher label = LABEL.matcher(sample.group(2));
                while (label.find()) {
                    if (!label.group(1).equals("le")) {
                        family.labels
                                .computeIfAbsent(label.group(1), _ -> new TreeSet<>())
                                .add(label.group(2));
                    }
                }
            }
        }
        var own = new LinkedHashMap<String, Family>();
        families.forEach((name, family) -> {
            Family histogram = name.endsWith("_max") ? families.get(name.substring(0, name.length() - 4)) : null;
            if (histogram == null || !histogram.type.equals("histogram")) {
                own.put(name, family);
            }
        });
        return own;
    }

    private static @Nullable Family family(Map<String, Family> families, String sample) {
        Family exact = families.get(sample);
        return exact != null ? exact : families.get(sample.replaceFirst("_(bucket|sum|count)$", ""));
    }
}
