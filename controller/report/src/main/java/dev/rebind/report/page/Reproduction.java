package dev.rebind.report.page;

import dev.rebind.diagnosis.Cause;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Sample;
import dev.rebind.record.bind.CellSetup;
import dev.rebind.record.bind.Reuse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the command that repeats one cycle on one machine: an experiment with one restart, made from the cycle's record. {@code
 * reproduce.js} does the same for the live page.
 */
final class Reproduction {
    private static final int MOST_CONNECTIONS = 10_000;
    /** Keeps a name with its number within an RFC 1123 label (63 characters). */
    private static final int LONGEST_NAME = 50;

    private Reproduction() {}

    /** Returns the command without a line feed at its end; null where the record does not say enough. */
    static @Nullable String of(CycleRecord cycle) {
        List<String> body = cycle.restart().equals("bare") ? cells(cycle.cell()) : restart(cycle);
        if (body == null) {
            return null;
        }
        var lines = new ArrayList<String>();
        lines.add("./rebind run /dev/stdin <<'YAML'");
        lines.add("apiVersion: rebind.dev/v1alpha1");
        lines.add("kind: RebindExperiment");
        lines.add("metadata:");
        lines.add("  name: " + label(cycle.experiment()) + "-" + cycle.cycle());
        lines.add("spec:");
        body.forEach(line -> lines.add("  " + line));
        lines.add("YAML");
        return String.join("\n", lines);
    }

    static String note(CycleRecord cycle) {
        if (cycle.restart().equals("bare")) {
            return cycle.cell() == null || cycle.cell().reusePort() == null
                    ? "The four settings of SO_REUSEADDR for this pair of sockets."
                    : "The sixteen settings of SO_REUSEADDR and SO_REUSEPORT for this pair of sockets.";
        }
        return cycle.cluster() != null
                ? "One restart of Rebind's own server on this machine, as a " + mode(cycle)
                        + ": the causes are the kernel's, not the cluster's."
                : "One restart of the same kind, on a free port of this machine.";
    }

    /** The restart mode to use. One machine has no containers, pods or rollouts, so these become a process restart. */
    private static String mode(CycleRecord cycle) {
        return cycle.restart().equals("listener") ? "listener" : "process";
    }

    private static @Nullable List<String> cells(@Nullable CellSetup cell) {
        if (cell == null || cell.relation() == null || cell.family() == null) {
            return null;
        }
        var lines = new ArrayList<>(List.of(
                "truthTable:",
                "  residues: [" + cell.residue() + "]",
                "  addresses: [" + cell.relation().name().replace('_', '-') + "]",
                "  families: [" + cell.family() + "]"));
        if (cell.reusePort() != null) {
            lines.add("  reusePort: true");
        }
        return lines;
    }

    private static @Nullable List<String> restart(CycleRecord cycle) {
        Reuse reuse = cycle.reuse();
        if (reuse == null) {
            return null;
        }
        Map<String, Integer> left = cycle.residue() == null ? Map.of() : cycle.residue();
        var lines = new ArrayList<String>();
        String obstacle = obstacle(cycle.cause());
        String server = obstacle == null ? server(cycle.closedBy(), left) : null;
        if (server != null) {
            lines.addAll(List.of("target:", "  server:", "    " + server));
        }
        lines.add("restart:");
        lines.add("  mode: " + mode(cycle));
        // If something else than leftovers blocks the port, the experiment has no clients, so no client can close
        // first.
        lines.add("  close: " + (obstacle == null ? cycle.closedBy() : "server"));
        lines.add("reuseAddress:");
        lines.add("  sequence: [" + reuse.old() + ", " + reuse.fresh() + "]");
        int connections = obstacle == null ? connections(cycle, left) : 0;
        boolean full = cycle.closedBy().equals("stall")
                && left.containsKey("FIN_WAIT_1")
                && cycle.cause() == Cause.closing
                && !left.containsKey("FIN_WAIT_2");
        if (connections > 0 || obstacle != null || full) {
            lines.add("clients:");
        }
        if (connections > 0 || obstacle != null) {
            lines.add("  connections: " + connections);
        }
        if (full) {
            lines.add("  untilFull: true");
        }
        if (obstacle != null) {
            lines.addAll(List.of("obstacle:", "  kind: " + obstacle));
        }
        lines.add("onFailure: move");
        if (cycle.outcome() != null) {
            lines.addAll(List.of("expect:", "  outcome: " + cycle.outcome()));
            if (cycle.cause() != null && cycle.cause() != Cause.unknown) {
                lines.add("  cause: " + cycle.cause());
            }
        }
        return lines;
    }

    /** Settings of the server that such a close needs; null where the defaults will do. */
    private static @Nullable String server(String closedBy, Map<String, Integer> left) {
        return switch (closedBy) {
            case "keep" -> "handler: process";
            // What SIGKILL leaves depends on whether the server had read all data.
            case "kill" -> left.containsKey("TIME_WAIT") ? "service: stream" : "reading: false";
            default -> null;
        };
    }

    private static @Nullable String obstacle(@Nullable Cause cause) {
        if (cause == null) {
            return null;
        }
        return switch (cause) {
            case listener_other, listener_unseen -> "listener";
            case outgoing -> "outgoing";
            case self_connect -> "self-connect";
            case time_wait,
                    fin_wait2,
                    established,
                    close_wait,
                    closing,
                    listener_old,
                    listener_own,
                    listener_inherited,
                    socket_activation,
                    bound_not_listening,
                    privileged_port,
                    security_module,
                    address_not_local,
                    address_tentative,
                    address_duplicate,
                    address_down,
                    unknown -> null;
        };
    }

    /** Connections at the time of the stop, or what is left of them. Returns 0 where neither is known; then the default applies. */
    private static int connections(CycleRecord cycle, Map<String, Integer> left) {
        int most = left.entrySet().stream()
                .filter(state -> !state.getKey().equals("LISTEN"))
                .mapToInt(Map.Entry::getValue)
                .sum();
        if (cycle.timeline() != null) {
            for (Sample sample : cycle.timeline()) {
                if (sample.side().equals("server") && sample.atMs() <= 0) {
                    most = Math.max(most, sample.states().getOrDefault("ESTABLISHED", 0));
                }
            }
        }
        return Math.min(most, MOST_CONNECTIONS);
    }

    private static String label(String name) {
        String clean = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        String cut = clean.substring(0, Math.min(LONGEST_NAME, clean.length())).replaceAll("^-+|-+$", "");
        return cut.isEmpty() ? "cycle" : cut;
    }
}
