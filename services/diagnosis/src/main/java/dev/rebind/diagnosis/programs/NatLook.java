package dev.rebind.diagnosis.programs;

import dev.rebind.diagnosis.nat.Destination;
import dev.rebind.diagnosis.nat.IptablesRules;
import dev.rebind.diagnosis.nat.NftRules;
import dev.rebind.diagnosis.nat.Ruleset;
import dev.rebind.diagnosis.nat.Translations;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.sockets.Family;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks iptables and nft for the rules that translate addresses. They need CAP_NET_ADMIN.
 *
 * <p>The kernel keeps rules in two ways: those of nftables, which iptables-nft makes too, and those of iptables-legacy. Each has a
 * program of its own; which of the two {@code iptables-save} is, systems decide.
 */
public final class NatLook {
    private static final Duration AT_MOST = Duration.ofSeconds(2);

    private NatLook() {}

    /** A program that prints the rules of iptables for one family. */
    record Saved(Family family, Commands.Running running) {}

    /** The programs run while other things are looked at. */
    public static final class Started {
        /** Nothing was started. */
        public static final Started NONE = new Started(List.of(), Optional.empty());

        private final List<Saved> iptables;
        private final Optional<Commands.Running> nft;

        Started(List<Saved> iptables, Optional<Commands.Running> nft) {
            this.iptables = iptables;
            this.nft = nft;
        }

        /** Waits for the programs, and reads what they print. */
        public Nat on(int port, Destination here) {
            if (nft.isEmpty()) {
                return new Nat.NotAsked();
            }
            var read = new Read();
            iptables.forEach(read::iptables);
            read.nft(nft.get());
            return read.nat(port, here);
        }
    }

    /** What the programs have told so far. */
    private static final class Read {
        private final List<Ruleset> rulesets = new ArrayList<>();
        private final List<IptablesRules> ofNft = new ArrayList<>();
        private final List<String> failures = new ArrayList<>();
        private final List<String> unread = new ArrayList<>();
        private boolean any;

        void iptables(Saved saved) {
            switch (saved.running().await(AT_MOST)) {
                case Commands.Answer.Output(String text) -> {
                    any = true;
                    IptablesRules rules = IptablesRules.of(saved.family(), text);
                    // Where two names stand for one program, it is asked twice. That of iptables-legacy prints nothing,
                    // and needs
                    // no right for it, where nobody has made a table.
                    if (!text.isBlank() && !rulesets.contains(rules)) {
                        rulesets.add(rules);
                    }
                    if (isOfNft(saved.running().name(), text)) {
                        ofNft.add(rules);
                    }
                }
                case Commands.Answer.Failed(String why) -> failures.add(why);
                case Commands.Answer.NotThere _ -> {}
            }
        }

        /** The first line of iptables-save says {@code iptables-save v1.8.9 (nf_tables)}, or {@code xtables-save v1.8.2}. */
        private static boolean isOfNft(String name, String text) {
            String first = text.lines().findFirst().orElse("");
            return name.contains("-nft-") || first.contains("nf_tables") || first.contains("xtables-save");
        }

        void nft(Commands.Running nft) {
            switch (nft.await(AT_MOST)) {
                case Commands.Answer.Output(String text) -> {
                    any = true;
                    Optional<NftRules> rules = NftRules.of(text);
                    for (IptablesRules printed : ofNft) {
                        rules = rules.map(some -> some.without(printed));
                    }
                    rules.ifPresentOrElse(
                            rulesets::add,
                            () -> unread.add("nft has printed no JSON: it was built without it, as it seems"));
                }
                case Commands.Answer.Failed(String why) -> failures.add(why);
                case Commands.Answer.NotThere _ ->
                    unread.add("those of nftables itself need nft, which is not installed");
            }
        }

        Nat nat(int port, Destination here) {
            if (!failures.isEmpty()) {
                unread.addFirst(String.join(", ", failures) + "; reading the rules needs CAP_NET_ADMIN");
            }
            if (rulesets.isEmpty() && (!any || !failures.isEmpty())) {
                return new Nat.Unread(
                        failures.isEmpty() ? "neither nft nor iptables-save is installed" : unread.getFirst());
            }
            return new Nat.Read(Translations.of(rulesets, port, here), unread);
        }
    }

    /** Starts them in the network namespace of the calling thread. */
    public static Started start() {
        var iptables = new ArrayList<Saved>();
        for (Family family : Family.values()) {
            String name = family == Family.IPV4 ? "iptables" : "ip6tables";
            List<Commands.Running> variants =
                    List.of(Commands.start(name + "-nft-save"), Commands.start(name + "-legacy-save"));
            variants.forEach(variant -> iptables.add(new Saved(family, variant)));
            if (variants.stream().anyMatch(NatLook::isMissing)) {
                iptables.add(new Saved(family, Commands.start(name + "-save")));
            }
        }
        return new Started(iptables, Optional.of(Commands.start("nft", "-j", "list", "ruleset")));
    }

    private static boolean isMissing(Commands.Running running) {
        return running.process().isEmpty();
    }
}
