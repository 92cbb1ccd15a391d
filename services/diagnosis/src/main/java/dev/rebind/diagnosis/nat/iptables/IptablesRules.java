package dev.rebind.diagnosis.nat.iptables;

import dev.rebind.diagnosis.nat.ChainWalk;
import dev.rebind.diagnosis.nat.FirstPackets;
import dev.rebind.diagnosis.nat.RuleStep;
import dev.rebind.diagnosis.nat.RuleSteps;
import dev.rebind.diagnosis.nat.Ruleset;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.netfilter.NftChain;
import dev.rebind.sockets.netfilter.NftTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of iptables for one family, from the text of iptables-save or ip6tables-save. Pure. */
public record IptablesRules(Family family, Map<String, Map<String, List<String>>> tables) implements Ruleset {
    /** The tables with their priorities at PREROUTING and OUTPUT (linux/netfilter_ipv4.h). */
    private static final Map<String, Integer> PRIORITIES =
            Map.of("raw", -300, "mangle", -150, "nat", -100, "filter", 0, "security", 50);

    /** Those of PREROUTING and OUTPUT that matter. */
    private static final Set<String> MATTER = Set.of("raw", "mangle", "nat");

    /** Targets that send a connection to another address or port. */
    public static final Set<String> TRANSLATES = Set.of("DNAT", "REDIRECT", "NETMAP", "TPROXY");

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

    /** The same without tables of nftables that no packet meets, where iptables-nft has made these. */
    public IptablesRules without(Set<NftTable> dormant) {
        var awake = new HashMap<>(tables);
        NftChain.Family own = family == Family.IPV4 ? NftChain.Family.IP : NftChain.Family.IP6;
        dormant.stream()
                .filter(table -> table.family() == own)
                .map(NftTable::name)
                .forEach(awake::remove);
        return new IptablesRules(family, awake);
    }

    /**
     * Whether iptables-nft-save has printed the rules of a chain of nftables. It prints the chains that iptables makes, and no others
     * that somebody has put into their tables, even under their names. Of a table that has rules of another tool it prints nothing.
     *
     * @param family {@code ip}, {@code ip6} or another one
     * @param hook where the kernel starts with the chain
     * @param type of the chain
     */
    public boolean shows(String family, String table, String chain, String hook, String type, int priority) {
        return family.equals(this.family == Family.IPV4 ? "ip" : "ip6")
                && tables.containsKey(table)
                && chain.equals(hook)
                && type.equals("nat") == table.equals("nat")
                && PRIORITIES.getOrDefault(table, Integer.MIN_VALUE) == priority;
    }

    @Override
    public List<Base> at(FirstPackets traffic) {
        if (traffic.family() != family) {
            return List.of();
        }
        return PRIORITIES.entrySet().stream()
                .filter(table -> MATTER.contains(table.getKey()) && tables.containsKey(table.getKey()))
                .map(table -> {
                    Map<String, List<String>> chains = tables.getOrDefault(table.getKey(), Map.of());
                    boolean nat = table.getKey().equals("nat");
                    var walk = new ChainWalk(chain -> chains.getOrDefault(chain, List.of()).stream()
                            .flatMap(line -> steps(line, traffic, chains.keySet(), nat).stream())
                            .toList());
                    return new Base(
                            table.getValue(), nat, walk.through(traffic.hook().name()));
                })
                .toList();
    }

    private static List<RuleStep> steps(String line, FirstPackets traffic, Set<String> chains, boolean nat) {
        IptablesLine rule = IptablesLine.of(line, traffic);
        var steps = new RuleSteps(traffic, line).when(rule.match());
        String target = rule.target();
        if (chains.contains(target)) {
            steps.then(rule.isGoto() ? new RuleStep.Action.Goto(target) : new RuleStep.Action.Jump(target));
        } else if (TRANSLATES.contains(target)) {
            rule.translate(traffic, steps);
        } else if (ENDS.contains(target)) {
            steps.then(new RuleStep.Action.Drop());
        } else {
            other(rule, nat, steps);
        }
        return steps.steps();
    }

    private static void other(IptablesLine rule, boolean nat, RuleSteps steps) {
        switch (rule.target()) {
            case "ACCEPT" -> steps.then(new RuleStep.Action.Accept());
            case "RETURN" -> steps.then(new RuleStep.Action.Return());
            case "NOTRACK" -> steps.then(new RuleStep.Action.Untrack());
            case "CT" -> {
                if (rule.untracks()) {
                    steps.then(new RuleStep.Action.Untrack());
                }
            }
            default -> {
                // An unknown target may be one that translates.
                if (nat && !rule.target().isEmpty() && !CONTINUES.contains(rule.target())) {
                    steps.thenPerhapsElsewhere();
                }
            }
        }
    }
}
