package dev.rebind.diagnosis.programs;

import dev.rebind.diagnosis.nat.Destination;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.netfilter.LegacyTables;
import dev.rebind.sockets.netfilter.NftChains;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Asks iptables and nft for the rules that translate addresses, and the kernel which there are. They need CAP_NET_ADMIN.
 *
 * <p>The kernel keeps rules in two ways: those of nftables, which iptables-nft makes too, and those of iptables-legacy. Each has a
 * program of its own; which of the two {@code iptables-save} is, systems decide.
 */
public final class NatLook {
    private static final Duration AT_MOST = Duration.ofSeconds(2);

    private NatLook() {}

    /** A program that prints the rules of iptables for one family. */
    record Saved(Family family, Commands.Running running) {}

    /** Everybody who was asked. */
    record Asked(List<Saved> iptables, Commands.Running nft, KernelRules kernel) {
        Asked {
            iptables = List.copyOf(iptables);
        }
    }

    /** The programs run while other things are looked at. They belong to one question. For one thread. */
    public static final class Started {
        /** Nothing was started. */
        public static final Started NONE = new Started(Optional.empty());

        private final Optional<Asked> asked;
        private Optional<Nat> told = Optional.empty();

        Started(Asked asked) {
            this(Optional.of(asked));
        }

        private Started(Optional<Asked> asked) {
            this.asked = asked;
        }

        /** Waits for the programs, and reads what they print; they are read once. */
        public Nat on(int port, Destination here) {
            if (asked.isEmpty()) {
                return new Nat.NotAsked();
            }
            Nat nat = told.orElseGet(() -> read(asked.get(), port, here));
            told = Optional.of(nat);
            return nat;
        }

        private static Nat read(Asked asked, int port, Destination here) {
            var read = new RulesRead(asked.kernel());
            asked.iptables()
                    .forEach(saved -> read.iptables(saved, saved.running().await(AT_MOST)));
            read.nft(asked.nft().await(AT_MOST));
            return read.nat(port, here);
        }
    }

    /** Starts them in the network namespace of the calling thread. */
    public static Started start() {
        // The programs have the kernel load nf_tables where it is not loaded.
        boolean nftables = !NftChains.absent();
        var iptables = new ArrayList<Saved>();
        for (Family family : Family.values()) {
            save(family, nftables).forEach(program -> iptables.add(new Saved(family, program)));
        }
        Commands.Running nft = nftables ? Commands.start("nft", "-j", "list", "ruleset") : Commands.notStarted("nft");
        return new Started(new Asked(iptables, nft, KernelRules.ask()));
    }

    private static List<Commands.Running> save(Family family, boolean nftables) {
        String name = family == Family.IPV4 ? "iptables" : "ip6tables";
        var programs = new ArrayList<Commands.Running>();
        if (nftables) {
            programs.add(Commands.start(name + "-nft-save"));
        }
        Commands.Running legacy = Commands.start(name + "-legacy-save");
        programs.add(legacy);
        boolean needed = nftables
                ? programs.stream().anyMatch(NatLook::isMissing)
                : isMissing(legacy) && !LegacyTables.of(family).equals(new LegacyTables.Answer.Made(Set.of()));
        if (needed) {
            programs.add(Commands.start(name + "-save"));
        }
        return programs;
    }

    private static boolean isMissing(Commands.Running running) {
        return running.process().isEmpty();
    }
}
