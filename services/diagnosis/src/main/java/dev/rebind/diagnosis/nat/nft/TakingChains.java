package dev.rebind.diagnosis.nat.nft;

import dev.rebind.diagnosis.nat.iptables.IptablesRules;
import dev.rebind.sockets.netfilter.NftChain;
import dev.rebind.sockets.netfilter.NftChain.Base;
import dev.rebind.sockets.netfilter.NftChain.Deed;
import dev.rebind.sockets.netfilter.NftChain.Family;
import dev.rebind.sockets.netfilter.NftChain.Hook;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The chains of nftables from which a rule may be reached that takes clients of a server on this machine, as far as the kernel tells
 * that: which kinds of expressions there are, and not for which clients they count. Pure.
 */
public record TakingChains(List<Taking> all) {
    private static final int MOST = 3;
    private static final Set<Family> OF_ADDRESSES = EnumSet.of(Family.IP, Family.IP6, Family.INET);

    public TakingChains {
        all = List.copyOf(all);
    }

    /**
     * A chain from which the kernel starts.
     *
     * @param followed whether all of its rules that may take clients translate addresses, which {@link NftRules} follows; else some
     *     write into packets, or forward them
     */
    public record Taking(NftChain chain, Base base, boolean followed) {
        boolean isShownBy(IptablesRules printed) {
            return printed.shows(
                    chain.family().name().toLowerCase(Locale.ROOT),
                    chain.table(),
                    chain.name(),
                    base.hook().name(),
                    base.type(),
                    base.priority());
        }

        private String table() {
            return "table " + chain.family().name().toLowerCase(Locale.ROOT) + " " + chain.table();
        }

        private String words() {
            return "a " + base.type() + " chain at " + base.hook().name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param chains all that there are */
    public static TakingChains of(List<NftChain> chains) {
        var taking = new ArrayList<Taking>();
        for (NftChain chain : chains) {
            chain.base().ifPresent(base -> {
                Rules rules = Rules.reached(chain, chains);
                boolean followed = rules.translates(chain.family(), base);
                boolean more = rules.diverts(chain.family(), base.hook());
                if (followed || more) {
                    taking.add(new Taking(chain, base, !more));
                }
            });
        }
        return new TakingChains(taking);
    }

    /** Those that none of the outputs of iptables-nft-save shows. */
    public TakingChains without(List<IptablesRules> printed) {
        return new TakingChains(all.stream()
                .filter(taking -> printed.stream().noneMatch(taking::isShownBy))
                .toList());
    }

    /** Those with rules that are not followed. */
    public TakingChains unfollowed(NftRules rules) {
        return new TakingChains(all.stream()
                .filter(taking -> !taking.followed() && !rules.follows(taking.chain()))
                .toList());
    }

    public boolean none() {
        return all.isEmpty();
    }

    /** {@code table inet mine has a nat chain at prerouting and a nat chain at output}. */
    public String words() {
        Map<String, List<Taking>> byTable =
                all.stream().collect(Collectors.groupingBy(Taking::table, LinkedHashMap::new, Collectors.toList()));
        String some = byTable.entrySet().stream()
                .limit(MOST)
                .map(entry -> entry.getKey() + " has "
                        + entry.getValue().stream()
                                .map(Taking::words)
                                .distinct()
                                .collect(Collectors.joining(" and ")))
                .collect(Collectors.joining(", "));
        return byTable.size() > MOST
                ? some + ", and " + (byTable.size() - MOST) + " more tables have such chains"
                : some;
    }

    /** What the rules of a chain do, with those of all chains of its table that others jump to. */
    private record Rules(Set<Deed> deeds, Set<String> targets) {
        static Rules reached(NftChain from, List<NftChain> chains) {
            Set<Deed> deeds = new HashSet<>(from.deeds());
            Set<String> targets = new HashSet<>(from.targets());
            chains.stream()
                    .filter(chain -> chain.base().isEmpty()
                            && chain.family() == from.family()
                            && chain.table().equals(from.table()))
                    .forEach(chain -> {
                        deeds.addAll(chain.deeds());
                        targets.addAll(chain.targets());
                    });
            return new Rules(deeds, targets);
        }

        /** The kernel lets rules translate in chains of the type nat, and TPROXY in others, at prerouting (their validate functions). */
        boolean translates(Family family, Base base) {
            boolean hook = base.hook() == Hook.PREROUTING || base.hook() == Hook.OUTPUT;
            boolean translates = base.type().equals("nat")
                    ? deeds.contains(Deed.TRANSLATE)
                            || targets.stream()
                                    .anyMatch(name -> !isTproxy(name) && IptablesRules.TRANSLATES.contains(name))
                    : deeds.contains(Deed.TPROXY) || targets.stream().anyMatch(Rules::isTproxy);
            return OF_ADDRESSES.contains(family) && hook && translates;
        }

        private static boolean isTproxy(String target) {
            return target.equals("TPROXY");
        }

        /** Packets that are only forwarded are not for this machine. The target dnat is of ebtables. */
        boolean diverts(Family family, Hook hook) {
            return switch (family) {
                case ARP -> false;
                case BRIDGE -> hook != Hook.FORWARD && (deeds.contains(Deed.REWRITE) || targets.contains("dnat"));
                case IP, IP6, INET, NETDEV, OTHER ->
                    hook != Hook.FORWARD && (deeds.contains(Deed.REWRITE) || deeds.contains(Deed.FORWARD));
            };
        }
    }
}
