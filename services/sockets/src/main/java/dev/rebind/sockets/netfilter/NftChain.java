package dev.rebind.sockets.netfilter;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * A chain of nftables.
 *
 * @param base where the kernel starts with it; empty for one that others jump to
 * @param deeds what its own rules do, as far as it concerns where packets go
 * @param targets the extensions of iptables that its own rules have as a target, for example {@code REDIRECT}
 */
public record NftChain(
        Family family, String table, String name, Optional<Base> base, Set<Deed> deeds, Set<String> targets) {
    public NftChain {
        deeds = Set.copyOf(deeds);
        targets = Set.copyOf(targets);
    }

    /**
     * @param type {@code nat}, {@code filter} or {@code route}
     * @param priority among the chains of the hook, the lowest first
     */
    public record Base(Hook hook, String type, int priority) {}

    /** What sees the packets: NFPROTO_* of {@code include/uapi/linux/netfilter.h}. */
    public enum Family {
        INET(1),
        IP(2),
        ARP(3),
        NETDEV(5),
        BRIDGE(7),
        IP6(10),
        OTHER(-1);

        private final int number;

        Family(int number) {
            this.number = number;
        }

        static Family of(int number) {
            return Arrays.stream(values())
                    .filter(family -> family.number == number)
                    .findFirst()
                    .orElse(OTHER);
        }
    }

    /** Where on their way through the kernel packets meet it: NF_INET_*, NF_NETDEV_* and NF_BR_*. */
    public enum Hook {
        PREROUTING,
        INPUT,
        FORWARD,
        OUTPUT,
        POSTROUTING,
        INGRESS,
        EGRESS,
        OTHER;

        private static final Hook[] OF_ADDRESSES = {PREROUTING, INPUT, FORWARD, OUTPUT, POSTROUTING, INGRESS};
        private static final Hook[] OF_DEVICES = {INGRESS, EGRESS};

        /** ARP has hooks of its own, and a bridge has its broute where the families of addresses have the ingress. */
        static Hook of(Family family, int number) {
            Hook[] hooks = family == Family.NETDEV ? OF_DEVICES : OF_ADDRESSES;
            boolean known = number >= 0 && number < hooks.length && family != Family.ARP && family != Family.OTHER;
            return known ? hooks[number] : OTHER;
        }
    }

    /** Expressions of rules that change where a packet goes. */
    public enum Deed {
        /** {@code dnat} and {@code redirect}. */
        TRANSLATE,
        TPROXY,
        /** {@code fwd}, to another device. */
        FORWARD,
        /** A destination in the packet itself is written: {@code tcp dport set}, {@code ip daddr set}, {@code ether daddr set}. */
        REWRITE
    }
}
