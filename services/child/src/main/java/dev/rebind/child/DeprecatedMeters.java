package dev.rebind.child;

import java.util.Map;
import java.util.TreeMap;

/**
 * Meters whose names are deprecated: until a version ends it, a scrape has the series under the old name too, and the help of the old
 * name says which one to take instead (docs/releasing.md).
 */
public final class DeprecatedMeters {
    /** Instead of which name, and from which version on it is gone. */
    record Renamed(String now, String goneIn) {}

    private static final Map<String, Renamed> RENAMED = new TreeMap<>(Map.of(
            "rebind_rebind_duration_seconds", new Renamed("rebind_restart_to_bound_seconds", "0.2.0"),
            "rebind_experiment_rebind_seconds", new Renamed("rebind_experiment_restart_to_bound_seconds", "0.2.0")));

    private DeprecatedMeters() {}

    public static boolean isDeprecated(String name) {
        return RENAMED.containsKey(name);
    }

    /** A scrape in Prometheus' text format, with the old names after the new ones. */
    static String withOldNames(String scrape) {
        var text = new StringBuilder(scrape);
        RENAMED.forEach((old, renamed) -> {
            String head = "# HELP " + renamed.now() + " ";
            int from = scrape.startsWith(head) ? 0 : scrape.indexOf("\n" + head) + 1;
            if (from == 0 && !scrape.startsWith(head)) {
                return;
            }
            int next = scrape.indexOf("\n# HELP ", from);
            String family = scrape.substring(from, next < 0 ? scrape.length() : next + 1);
            text.append(family.replace(renamed.now(), old)
                    .replaceFirst(
                            "# HELP .*",
                            "# HELP " + old + " Deprecated, gone in " + renamed.goneIn() + ": take " + renamed.now()));
        });
        return text.toString();
    }
}
