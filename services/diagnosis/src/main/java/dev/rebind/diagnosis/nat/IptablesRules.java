package dev.rebind.diagnosis.nat;

import dev.rebind.sockets.Family;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of iptables for one family, from the text of iptables-save or ip6tables-save. Pure. */
public record IptablesRules(Family family, Map<String, Map<String, List<String>>> tables) implements Ruleset {
    /** The tables of PREROUTING and OUTPUT that matter, with their priorities (linux/netfilter_ipv4.h). */
    private static final Map<String, Integer> PRIORITIES = Map.of("raw", -300, "mangle", -150, "nat", -100);

    private static final Set<String> ENDS = Set.of("DROP", "REJECT", "QUEUE", "NFQUEUE");

    /** Targets after which the next rule follows, in the tables that matter. */
    private static final Set<String> CONTINUES = Set.of(
            "AUDIT",
            "CHECKSUM",
            "CLASSIFY",
            "CONNMARK",
            "CONNSECMARK",
            "DSCP",
            "ECN",
            "HL",
            "HMARK",
            "IDLETIMER",
            "LED",
            "LOG",
            "MARK",
            "NFLOG",
            "RATEEST",
            "SECMARK",
            "SET",
            "TCPMSS",
            "TCPOPTSTRIP",
            "TEE",
            "TOS",
            "TRACE",
            "TTL",
            "ULOG");

    public IptablesRules {
        tables = Map.copyOf(tables);
    }

    /** What is not the output of iptables-save has no rules. */
    public static IptablesRules of(Family family, String text) {
        var tables = new HashMap<String, Map<String, List<String>>>();
        Map<String, List<String>> chains = new HashMap<>();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("*")) {
                chains = tables.computeIfAbsent(line.substring(1), _ -> new HashMap<>());
            } else if (line.startsWith(":")) {
                chains.computeIfAbsent(line.substring(1).split(" ", 2)[0], _ -> new ArrayList<>());
            } else if (line.startsWith("-A ")) {
                String[] parts = line.split(" ", 3);
                chains.computeIfAbsent(parts[1], _ -> new ArrayList<>()).add(line);
            }
        }
        return new IptablesRules(family, tables);
    }

    @Override
    public List<Base> at(Traffic traffic) {
        if (traffic.family() != family) {
            return List.of();
        }
        return PRIORITIES.entrySet().stream()
                .filter(table -> tables.containsKey(table.getKey()))
                .map(table -> {
                    Map<String, List<String>> chains = tables.getOrDefault(table.getKey(), Map.of());
                    boolean nat = table.getKey().equals("nat");
                    var walk = new Walk(chain -> chains.getOrDefault(chain, List.of()).stream()
                            .map(line -> step(line, traffic, chains.keySet(), nat))
                            .toList());
                    return new Base(
                            table.getValue(), nat, walk.through(traffic.hook().name()));
                })
                .toList();
    }

    private static Step step(String line, Traffic traffic, Set<String> chains, boolean nat) {
        IptablesLine rule = IptablesLine.of(line, traffic);
        Step.Action action = action(rule, traffic, chains, nat);
        // An unknown target may be one that translates.
        boolean unknown =
                nat && action instanceof Step.Action.Translate && !IptablesLine.TRANSLATES.contains(rule.target());
        return new Step(unknown ? rule.match().and(Answer.MAYBE) : rule.match(), action, line);
    }

    private static Step.Action action(IptablesLine rule, Traffic traffic, Set<String> chains, boolean nat) {
        String target = rule.target();
        if (chains.contains(target)) {
            return rule.isGoto() ? new Step.Action.Goto(target) : new Step.Action.Jump(target);
        }
        if (IptablesLine.TRANSLATES.contains(target)) {
            return rule.translate(traffic);
        }
        if (ENDS.contains(target)) {
            return new Step.Action.Drop();
        }
        return switch (target) {
            case "ACCEPT" -> new Step.Action.Accept();
            case "RETURN" -> new Step.Action.Return();
            case "NOTRACK" -> new Step.Action.Untrack();
            case "CT" -> rule.untracks() ? new Step.Action.Untrack() : new Step.Action.Pass();
            default ->
                nat && !target.isEmpty() && !CONTINUES.contains(target)
                        ? new Step.Action.Translate("", Answer.NO)
                        : new Step.Action.Pass();
        };
    }
}
