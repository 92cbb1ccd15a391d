package dev.rebind.cli;

import dev.rebind.experiment.restart.Close;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.report.Amounts;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Describes a plan in one or two sentences. */
final class PlanText {
    /** On Linux, ports below this one need a privilege, unless the machine is set differently (ip_unprivileged_port_start). */
    private static final int PRIVILEGED = 1024;

    private PlanText() {}

    static String of(Plan plan) {
        return switch (plan) {
            case Plan.Cells cells ->
                Amounts.count(cells.cells().size(), "pair", "pairs")
                        + " of bare sockets, each on a free port of its own.";
            case Plan.Cycles cycles -> cycles(cycles);
        };
    }

    /**
     * The longest time that a plan may take if every bind fails; empty where the plan sets no time. It does not include starting, closing
     * and being served again, because a plan does not know how long these take.
     */
    static Optional<String> longest(Plan plan) {
        return switch (plan) {
            case Plan.Cells _ -> Optional.empty();
            case Plan.Cycles cycles ->
                switch (cycles.length()) {
                    case Plan.Length.Count(int count) ->
                        Optional.of("Time: pauses, grace periods and tries after failed binds come to "
                                + amount(longest(cycles.pattern(), count))
                                + " at most; starts and clients come on top.");
                    case Plan.Length.For(Duration duration) ->
                        Optional.of("Time: " + amount(duration) + ", and the cycle that has begun by then: pause, grace"
                                + " period and tries after a failed bind come to "
                                + amount(cycles.pattern().stream()
                                        .map(PlanText::longest)
                                        .max(Comparator.naturalOrder())
                                        .orElse(Duration.ZERO))
                                + " at most.");
                };
        };
    }

    private static Duration longest(List<PlannedCycle> pattern, int count) {
        Duration all = Duration.ZERO;
        for (int i = 0; i < pattern.size(); i++) {
            // The cycles of the pattern are repeated in the same order.
            int times = count / pattern.size() + (i < count % pattern.size() ? 1 : 0);
            all = all.plus(longest(pattern.get(i)).multipliedBy(times));
        }
        return all;
    }

    private static Duration longest(PlannedCycle cycle) {
        boolean tries = cycle.onFailure() != OnFailure.move && cycle.close() != Close.none;
        return cycle.interval()
                .plus(cycle.gracePeriod())
                .plus(cycle.clients().observe().multipliedBy(2))
                .plus(tries ? cycle.retry().timeout() : Duration.ZERO);
    }

    private static String amount(Duration duration) {
        return Amounts.duration((double) duration.toMillis());
    }

    /** The privileges that the plan needs on one machine, beyond those of an ordinary user. */
    static String rights(Plan plan) {
        var needs = new LinkedHashSet<String>();
        if (plan instanceof Plan.Cycles cycles) {
            for (PlannedCycle cycle : cycles.pattern()) {
                int port = cycle.server().port();
                if (cycle.command() != null) {
                    needs.add("--allow-commands for target.command");
                } else if (port > 0 && port < PRIVILEGED) {
                    needs.add("CAP_NET_BIND_SERVICE for port " + port
                            + ", where net.ipv4.ip_unprivileged_port_start is above it");
                }
                if (cycle.onFailure() == OnFailure.clear) {
                    needs.add("CAP_NET_ADMIN for onFailure: clear");
                }
            }
        }
        return "Rights on one machine: " + (needs.isEmpty() ? "those of any user." : String.join("; ", needs) + ".");
    }

    private static String cycles(Plan.Cycles cycles) {
        List<PlannedCycle> pattern = cycles.pattern();
        String length = switch (cycles.length()) {
            case Plan.Length.Count(int count) -> Amounts.count((long) count * cycles.parallel(), "restart", "restarts");
            case Plan.Length.For(Duration duration) -> "restarts for " + Amounts.duration((double) duration.toMillis());
        };
        String what = pattern.stream()
                .map(cycle -> "mode " + cycle.mode() + ", close " + cycle.close())
                .distinct()
                .collect(Collectors.joining("; "));
        String ports = pattern.stream()
                .map(cycle -> cycle.server().port() == 0
                        ? "a free port"
                        : "port " + cycle.server().port())
                .distinct()
                .collect(Collectors.joining(", "));
        Optional<Duration> longest = pattern.stream()
                .filter(cycle -> cycle.onFailure() == OnFailure.wait)
                .map(cycle -> cycle.retry().timeout())
                .max(Comparator.naturalOrder());
        return length + " (" + what + ") on " + ports
                + (cycles.parallel() > 1 ? ", " + cycles.parallel() + " at a time" : "") + "."
                + longest.map(timeout -> " After a failed bind the server tries for "
                                + Amounts.duration((double) timeout.toMillis()) + " at most.")
                        .orElse("");
    }
}
