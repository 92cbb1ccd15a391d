package dev.rebind.sockets.netfilter;

import dev.rebind.sockets.netfilter.NftChain.Base;
import dev.rebind.sockets.netfilter.NftChain.Deed;
import dev.rebind.sockets.netfilter.NftChain.Family;
import dev.rebind.sockets.netfilter.NftChain.Hook;
import dev.rebind.sockets.netlink.Attributes;
import dev.rebind.sockets.netlink.MessageConsumer;
import dev.rebind.sockets.netlink.NativeBytes;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The answers to dumps of tables, of chains and then of rules ({@code include/uapi/linux/netfilter/nf_tables.h}). For one thread. */
final class NftMessages implements MessageConsumer {
    private static final int NFTA_TABLE_NAME = 1;
    private static final int NFTA_TABLE_FLAGS = 2;
    private static final int NFT_TABLE_F_DORMANT = 1;
    private static final int NFTA_CHAIN_TABLE = 1;
    private static final int NFTA_CHAIN_NAME = 3;
    private static final int NFTA_CHAIN_HOOK = 4;
    private static final int NFTA_CHAIN_TYPE = 7;
    private static final int NFTA_HOOK_HOOKNUM = 1;
    private static final int NFTA_HOOK_PRIORITY = 2;
    private static final int NFTA_RULE_TABLE = 1;
    private static final int NFTA_RULE_CHAIN = 2;
    private static final int NFTA_RULE_EXPRESSIONS = 4;
    private static final int NFTA_LIST_ELEM = 1;

    /** A chain is known by these three. */
    private record Key(Family family, String table, String name) {}

    private record Found(Optional<Base> base, Set<Deed> deeds, Set<String> targets) {}

    private final Map<Key, Found> chains = new LinkedHashMap<>();
    private final Set<NftTable> tables = new HashSet<>();
    private final Set<NftTable> dormant = new HashSet<>();

    boolean hasTables() {
        return !tables.isEmpty();
    }

    Set<NftTable> dormant() {
        return dormant;
    }

    /** Those that packets may meet: not those of dormant tables. */
    List<NftChain> chains() {
        return chains.entrySet().stream()
                .filter(entry -> !dormant.contains(
                        new NftTable(entry.getKey().family(), entry.getKey().table())))
                .map(entry -> new NftChain(
                        entry.getKey().family(),
                        entry.getKey().table(),
                        entry.getKey().name(),
                        entry.getValue().base(),
                        entry.getValue().deeds(),
                        entry.getValue().targets()))
                .toList();
    }

    @Override
    public @Nullable String take(int type, NativeBytes in, int at, int end) {
        if (end - at < NftRequest.GENERAL) {
            return "a message of nftables has " + (end - at) + " bytes";
        }
        Family family = Family.of(Byte.toUnsignedInt(in.get(at)));
        switch (type) {
            case NftRequest.NFT_MSG_NEWTABLE -> table(family, in, at + NftRequest.GENERAL, end);
            case NftRequest.NFT_MSG_NEWCHAIN -> chain(family, in, at + NftRequest.GENERAL, end);
            case NftRequest.NFT_MSG_NEWRULE -> rule(family, in, at + NftRequest.GENERAL, end);
            default -> {
                return "a message of nftables of the type " + type;
            }
        }
        return null;
    }

    /** The kernel takes the chains of a dormant table out of its hooks (nf_tables_table_disable). */
    private void table(Family family, NativeBytes in, int from, int to) {
        var name = new String[] {""};
        var flags = new int[1];
        Attributes.each(in, from, to, (type, at, end) -> {
            switch (type) {
                case NFTA_TABLE_NAME -> name[0] = Attributes.text(in, at, end);
                case NFTA_TABLE_FLAGS -> flags[0] = Attributes.number(in, at, end);
                default -> {}
            }
        });
        var table = new NftTable(family, name[0]);
        tables.add(table);
        if ((flags[0] & NFT_TABLE_F_DORMANT) != 0) {
            dormant.add(table);
        }
    }

    private void chain(Family family, NativeBytes in, int from, int to) {
        var names = new String[] {"", "", ""};
        var place = new int[2];
        var hooked = new boolean[1];
        Attributes.each(in, from, to, (type, at, end) -> {
            switch (type) {
                case NFTA_CHAIN_TABLE -> names[0] = Attributes.text(in, at, end);
                case NFTA_CHAIN_NAME -> names[1] = Attributes.text(in, at, end);
                case NFTA_CHAIN_TYPE -> names[2] = Attributes.text(in, at, end);
                case NFTA_CHAIN_HOOK -> {
                    hooked[0] = true;
                    place(in, at, end, place);
                }
                default -> {}
            }
        });
        Optional<Base> base =
                hooked[0] ? Optional.of(new Base(Hook.of(family, place[0]), names[2], place[1])) : Optional.empty();
        chains.put(new Key(family, names[0], names[1]), found(base));
    }

    private static Found found(Optional<Base> base) {
        return new Found(base, EnumSet.noneOf(Deed.class), new HashSet<>());
    }

    /** @param into the number of the hook, and the priority */
    private static void place(NativeBytes in, int from, int to, int[] into) {
        Attributes.each(in, from, to, (type, at, end) -> {
            switch (type) {
                case NFTA_HOOK_HOOKNUM -> into[0] = Attributes.number(in, at, end);
                case NFTA_HOOK_PRIORITY -> into[1] = Attributes.number(in, at, end);
                default -> {}
            }
        });
    }

    private void rule(Family family, NativeBytes in, int from, int to) {
        var names = new String[] {"", ""};
        var expressions = new int[2];
        Attributes.each(in, from, to, (type, at, end) -> {
            switch (type) {
                case NFTA_RULE_TABLE -> names[0] = Attributes.text(in, at, end);
                case NFTA_RULE_CHAIN -> names[1] = Attributes.text(in, at, end);
                case NFTA_RULE_EXPRESSIONS -> {
                    expressions[0] = at;
                    expressions[1] = end;
                }
                default -> {}
            }
        });
        Found chain = chains.computeIfAbsent(new Key(family, names[0], names[1]), _ -> found(Optional.empty()));
        Attributes.each(in, expressions[0], expressions[1], (type, at, end) -> {
            if (type == NFTA_LIST_ELEM) {
                NftExpression expression = NftExpression.of(in, at, end);
                expression.deed().ifPresent(chain.deeds()::add);
                expression.target().ifPresent(chain.targets()::add);
            }
        });
    }
}
