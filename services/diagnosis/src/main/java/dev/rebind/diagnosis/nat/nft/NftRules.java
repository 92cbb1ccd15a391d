package dev.rebind.diagnosis.nat.nft;

import static dev.rebind.diagnosis.nat.nft.NftJson.list;
import static dev.rebind.diagnosis.nat.nft.NftJson.map;
import static dev.rebind.diagnosis.nat.nft.NftJson.text;

import dev.rebind.diagnosis.nat.ChainWalk;
import dev.rebind.diagnosis.nat.FirstPackets;
import dev.rebind.diagnosis.nat.Ruleset;
import dev.rebind.diagnosis.nat.iptables.IptablesRules;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.netfilter.NftChain;
import dev.rebind.sockets.netfilter.NftTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The rules of nftables, from {@code nft -j list ruleset}; see libnftables-json(5). Pure. */
public record NftRules(List<Table> tables) implements Ruleset {
    public NftRules {
        tables = List.copyOf(tables);
    }

    /** @param sets the elements of its sets and maps, by their names */
    record Table(
            String family,
            String name,
            List<Hooked> hooked,
            Map<String, List<List<?>>> chains,
            Map<String, List<?>> sets) {
        boolean concerns(Family packets) {
            return family.equals("inet") || family.equals(packets == Family.IPV4 ? "ip" : "ip6");
        }

        /** The rules of a chain and of all that others may jump to. */
        List<List<?>> reached(String from) {
            Set<String> others = hooked.stream().map(Hooked::chain).collect(Collectors.toSet());
            return chains.entrySet().stream()
                    .filter(entry -> entry.getKey().equals(from) || !others.contains(entry.getKey()))
                    .<List<?>>flatMap(entry -> entry.getValue().stream())
                    .toList();
        }

        boolean is(NftTable other) {
            return other.name().equals(name)
                    && other.family().name().toLowerCase(Locale.ROOT).equals(family);
        }

        Table without(IptablesRules printed) {
            List<Hooked> others = hooked.stream()
                    .filter(one -> !printed.shows(family, name, one.chain(), one.hook(), one.type(), one.priority()))
                    .toList();
            return new Table(family, name, others, chains, sets);
        }
    }

    /**
     * A chain from which the kernel starts.
     *
     * @param hook in capital letters
     */
    record Hooked(String chain, String hook, String type, int priority) {}

    /** Empty for what is not the output of nft. */
    public static Optional<NftRules> of(String json) {
        Object root;
        try {
            root = JsonText.parse(json);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        var tables = new HashMap<String, Table>();
        for (Object entry : list(map(root).get("nftables"))) {
            map(entry).forEach((kind, value) -> add(text(kind), map(value), tables));
        }
        return Optional.of(new NftRules(List.copyOf(tables.values())));
    }

    private static void add(String kind, Map<?, ?> object, Map<String, Table> tables) {
        String family = text(object.get("family"));
        String name = text(object.get(kind.equals("table") ? "name" : "table"));
        if (family.isEmpty() || name.isEmpty()) {
            return;
        }
        Table table = tables.computeIfAbsent(
                family + " " + name, _ -> new Table(family, name, new ArrayList<>(), new HashMap<>(), new HashMap<>()));
        switch (kind) {
            case "chain" -> {
                if (!text(object.get("hook")).isEmpty()) {
                    table.hooked()
                            .add(new Hooked(
                                    text(object.get("name")),
                                    text(object.get("hook")).toUpperCase(Locale.ROOT),
                                    text(object.get("type")),
                                    NftJson.number(object.get("prio")).orElse(0)));
                }
            }
            case "rule" ->
                table.chains()
                        .computeIfAbsent(text(object.get("chain")), _ -> new ArrayList<>())
                        .add(list(object.get("expr")));
            case "set", "map" -> table.sets().put(text(object.get("name")), list(object.get("elem")));
            default -> {}
        }
    }

    /** The same without the chains that iptables has made, which iptables-save prints in full. */
    public NftRules without(IptablesRules printed) {
        return new NftRules(tables.stream().map(table -> table.without(printed)).toList());
    }

    /** Whether all rules that packets may reach from a chain, and that write destinations, are followed here. */
    boolean follows(NftChain chain) {
        boolean hook = chain.base()
                .filter(base -> base.hook() == NftChain.Hook.PREROUTING || base.hook() == NftChain.Hook.OUTPUT)
                .isPresent();
        return hook
                && tables.stream()
                        .filter(table -> table.is(new NftTable(chain.family(), chain.table())))
                        .filter(table -> table.concerns(Family.IPV4) || table.concerns(Family.IPV6))
                        .anyMatch(table -> NftWrite.followed(table.reached(chain.name())));
    }

    /** The same without tables that no packet meets. */
    public NftRules without(Set<NftTable> dormant) {
        return new NftRules(tables.stream()
                .filter(table -> dormant.stream().noneMatch(table::is))
                .toList());
    }

    @Override
    public List<Base> at(FirstPackets traffic) {
        return tables.stream()
                .filter(table -> table.concerns(traffic.family()))
                .flatMap(table -> table.hooked().stream()
                        .filter(hooked -> hooked.hook().equals(traffic.hook().name()))
                        .map(hooked -> base(table, hooked, traffic)))
                .toList();
    }

    private static Base base(Table table, Hooked hooked, FirstPackets traffic) {
        var walk = new ChainWalk(chain -> table.chains().getOrDefault(chain, List.of()).stream()
                .flatMap(rule -> new NftRule(
                                rule,
                                table.family() + " " + table.name() + " " + chain + ": ",
                                new NftMatch(traffic, table.sets()))
                        .steps().stream())
                .toList());
        return new Base(hooked.priority(), hooked.type().equals("nat"), walk.through(hooked.chain()));
    }
}
