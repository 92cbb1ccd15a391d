package dev.rebind.report.page;

import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.CycleRecord;
import dev.rebind.report.Amounts;
import dev.rebind.report.Markup;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** For a cluster: the results of the first binds, by the pod's network and the restart mode. */
final class NetworkTable {
    private static final List<String> NETWORKS = List.of("hostNetwork", "hostPort", "pod");
    private static final List<String> MODES = List.of("listener", "process", "container", "pod", "rollout");

    private record Key(String network, String restart) {}

    private static final class Tally {
        private int bound;
        private int failed;
        private final Map<String, Integer> causes = new TreeMap<>();
    }

    private final Map<Key, Tally> tallies = new HashMap<>();

    void add(CycleRecord record) {
        if (record.cluster() == null || record.cluster().network() == null || record.outcome() == null) {
            return;
        }
        Tally tally = tallies.computeIfAbsent(new Key(record.cluster().network(), record.restart()), _ -> new Tally());
        if (record.outcome() == Outcome.bound) {
            tally.bound++;
        } else {
            tally.failed++;
        }
        if (record.cause() != null) {
            tally.causes.merge(record.cause().name(), 1, Integer::sum);
        }
    }

    /** Writes the table; writes nothing if no cycle ran in a cluster. */
    void write(Markup html) throws IOException {
        if (tallies.isEmpty()) {
            return;
        }
        List<String> modes = MODES.stream()
                .filter(mode ->
                        tallies.keySet().stream().anyMatch(key -> key.restart().equals(mode)))
                .toList();
        html.leaf("h3", "Network by restart");
        html.scrolling("Network by restart");
        html.start("table", "class", "truth networks")
                .start("thead")
                .start("tr")
                .leaf("th", "network", "scope", "col");
        for (String mode : modes) {
            html.leaf("th", mode.equals("rollout") ? "rolled out" : mode + " restarted", "scope", "col");
        }
        html.end("thead").start("tbody");
        for (String network : NETWORKS) {
            if (tallies.keySet().stream().noneMatch(key -> key.network().equals(network))) {
                continue;
            }
            html.start("tr").leaf("th", network.equals("pod") ? "pod network" : network, "scope", "row");
            for (String mode : modes) {
                cell(html, tallies.get(new Key(network, mode)));
            }
            html.end("tr").line();
        }
        html.end("table").end("div").line();
    }

    private static void cell(Markup html, @Nullable Tally tally) throws IOException {
        if (tally == null) {
            html.leaf("td", "not run", "class", "t-none");
            return;
        }
        boolean binds = tally.failed == 0;
        boolean fails = tally.bound == 0;
        html.start("td", "class", binds ? "t-bound" : fails ? "t-bind" : "t-mixed")
                .leaf("b", binds ? "binds" : fails ? "fails" : "sometimes")
                .leaf("div", tally.bound + " bound, " + tally.failed + " failed");
        if (!tally.causes.isEmpty()) {
            html.leaf("div", Amounts.counts(tally.causes));
        }
        html.end("td");
    }
}
