package dev.rebind.diagnosis.programs;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.netfilter.LegacyTables;
import dev.rebind.sockets.netfilter.NftChains;
import dev.rebind.sockets.proc.Rights;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the kernel tells of its rules without a program.
 *
 * @param legacy the tables of iptables-legacy for each family
 * @param hasRight whether this process has CAP_NET_ADMIN, which may not count in the network namespace that it looks at
 */
record KernelRules(NftChains.Answer nft, Map<Family, LegacyTables.Answer> legacy, boolean hasRight) {
    KernelRules {
        legacy = Map.copyOf(legacy);
    }

    /** Asks in the network namespace of the calling thread. */
    static KernelRules ask() {
        var legacy = new EnumMap<Family, LegacyTables.Answer>(Family.class);
        for (Family family : Family.values()) {
            legacy.put(family, LegacyTables.of(family));
        }
        return new KernelRules(
                NftChains.read(),
                legacy,
                new Rights().has(Rights.Right.CAP_NET_ADMIN).orElse(false));
    }
}
