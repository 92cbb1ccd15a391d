package dev.rebind.diagnosis.programs;

import dev.rebind.diagnosis.nat.Destination;
import dev.rebind.diagnosis.nat.Ruleset;
import dev.rebind.diagnosis.nat.Translations;
import dev.rebind.diagnosis.nat.iptables.IptablesRules;
import dev.rebind.diagnosis.nat.nft.NftRules;
import dev.rebind.diagnosis.nat.nft.TakingChains;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.netfilter.LegacyTables;
import dev.rebind.sockets.netfilter.NftChains;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the programs have told of the rules so far. What they have not told matters only where the kernel has it, which it tells itself.
 * For one thread.
 */
final class RulesRead {
    private static final String NEITHER = "neither nft nor iptables-save is installed";

    /** The tables of iptables-legacy that may take clients. */
    private static final Set<String> MATTER = Set.of("raw", "mangle", "nat");

    private final KernelRules kernel;
    private final List<Ruleset> rulesets = new ArrayList<>();
    private final List<IptablesRules> ofNft = new ArrayList<>();
    /** The families whose rules of iptables-legacy were printed. */
    private final Set<Family> ofLegacy = EnumSet.noneOf(Family.class);

    private final List<Failure> failures = new ArrayList<>();
    private Optional<NftRules> nft = Optional.empty();
    /** Why nft has told nothing; empty where it is not installed, or has told all. */
    private String trouble = "";

    private boolean any;

    /** Which rules a program prints. */
    private enum Kind {
        NFT,
        LEGACY,
        /** What iptables-save is, systems decide. */
        EITHER
    }

    private record Failure(Kind kind, Optional<Family> family, String why) {}

    RulesRead(KernelRules kernel) {
        this.kernel = kernel;
    }

    void iptables(NatLook.Saved saved, Commands.Answer answer) {
        Kind kind = kind(saved.running().name());
        switch (answer) {
            case Commands.Answer.Output(String text) -> {
                any = true;
                IptablesRules rules = IptablesRules.of(saved.family(), text);
                // Where two names stand for one program, it is asked twice. That of iptables-legacy prints nothing, and
                // needs
                // no right for it, where nobody has made a table.
                if (!text.isBlank() && !rulesets.contains(rules)) {
                    rulesets.add(rules);
                }
                if (kind == Kind.NFT || isOfNft(text)) {
                    ofNft.add(rules);
                } else if (kind == Kind.LEGACY || !text.isBlank()) {
                    ofLegacy.add(saved.family());
                }
            }
            case Commands.Answer.Failed(String why) ->
                failures.add(new Failure(kind, Optional.of(saved.family()), why));
            case Commands.Answer.NotThere _ -> {}
        }
    }

    private static Kind kind(String program) {
        return program.contains("-nft-") ? Kind.NFT : program.contains("-legacy-") ? Kind.LEGACY : Kind.EITHER;
    }

    /** A line of iptables-save says {@code iptables-save v1.8.9 (nf_tables)}, or {@code xtables-save v1.8.2}. */
    private static boolean isOfNft(String text) {
        return text.lines()
                .filter(line -> line.startsWith("#"))
                .anyMatch(line -> line.contains("(nf_tables)") || line.contains("xtables-save"));
    }

    void nft(Commands.Answer answer) {
        switch (answer) {
            case Commands.Answer.Output(String text) -> {
                any = true;
                nft = NftRules.of(text);
                trouble = nft.isPresent() ? "" : "nft has printed no JSON: it was built without it, as it seems";
            }
            case Commands.Answer.Failed(String why) -> {
                failures.add(new Failure(Kind.NFT, Optional.empty(), why));
                trouble = why;
            }
            case Commands.Answer.NotThere _ -> {}
        }
    }

    Nat nat(int port, Destination here) {
        for (IptablesRules printed : ofNft) {
            nft = nft.map(rules -> rules.without(printed));
        }
        // nft up to 1.0.6 writes something else than the flags of a table.
        if (kernel.nft() instanceof NftChains.Answer.Read(var _, var dormant)) {
            nft = nft.map(rules -> rules.without(dormant));
            rulesets.replaceAll(rules -> rules instanceof IptablesRules printed && ofNft.contains(printed)
                    ? printed.without(dormant)
                    : rules);
        }
        nft.ifPresent(rulesets::add);
        var unread = new LinkedHashSet<String>();
        unread.addAll(rights());
        unread.addAll(nftables());
        for (Family family : Family.values()) {
            unread.addAll(legacy(family));
        }
        return rulesets.isEmpty() && !unread.isEmpty() && !kernelTellsNft()
                ? new Nat.Unread(String.join("; ", unread))
                : new Nat.Read(Translations.of(rulesets, port, here), List.copyOf(unread));
    }

    private boolean kernelTellsNft() {
        return switch (kernel.nft()) {
            case NftChains.Answer.Read _, NftChains.Answer.NoTables _ -> true;
            case NftChains.Answer.NotPermitted _, NftChains.Answer.Unreadable _ -> false;
        };
    }

    /** What a right is missing for. */
    private List<String> rights() {
        boolean nftables = nft.isEmpty() && kernel.nft() instanceof NftChains.Answer.NotPermitted;
        boolean legacy = !(kernel.nft() instanceof NftChains.Answer.Unreadable)
                && Arrays.stream(Family.values())
                        .anyMatch(family -> isHidden(family)
                                && kernel.legacy().get(family) instanceof LegacyTables.Answer.Unreadable);
        if (!nftables) {
            return legacy ? List.of("reading those of iptables-legacy needs root with CAP_NET_ADMIN") : List.of();
        }
        return List.of("reading " + (legacy ? "them" : "those of nftables") + " needs CAP_NET_ADMIN"
                + (kernel.hasRight() ? " in the user namespace that owns the network namespace" : ""));
    }

    /** Whether neither the kernel nor a program has told of the tables of iptables-legacy. */
    private boolean isHidden(Family family) {
        return !(kernel.legacy().get(family) instanceof LegacyTables.Answer.Made) && !ofLegacy.contains(family);
    }

    private List<String> nftables() {
        return switch (kernel.nft()) {
            case NftChains.Answer.NoTables _, NftChains.Answer.NotPermitted _ -> List.of();
            case NftChains.Answer.Read(var chains, var _) -> chains(TakingChains.of(chains));
            case NftChains.Answer.Unreadable _ -> programs();
        };
    }

    private List<String> chains(TakingChains taking) {
        if (nft.isPresent()) {
            TakingChains unfollowed = taking.unfollowed(nft.get());
            return unfollowed.none()
                    ? List.of()
                    : List.of(unfollowed.words()
                            + ", with rules that rewrite or forward packets, which are not followed");
        }
        TakingChains unseen = taking.without(ofNft);
        String why = trouble.isEmpty() ? ": install nft to see its rules" : ", and " + trouble;
        return unseen.none() ? List.of() : List.of(unseen.words() + why);
    }

    /** What the programs say of themselves where the kernel does not tell what there is. */
    private List<String> programs() {
        var unread = new ArrayList<String>();
        String failed = failures.stream()
                .filter(failure -> failure.kind() != Kind.LEGACY
                        || failure.family().filter(this::isHidden).isPresent())
                .map(Failure::why)
                .distinct()
                .collect(Collectors.joining(", "));
        if (!failed.isEmpty()) {
            unread.add(failed + "; reading the rules needs CAP_NET_ADMIN");
        } else if (!trouble.isEmpty()) {
            unread.add(trouble);
        }
        if (nft.isEmpty() && trouble.isEmpty()) {
            unread.add(
                    any || !failures.isEmpty() ? "those of nftables itself need nft, which is not installed" : NEITHER);
        }
        return unread;
    }

    private List<String> legacy(Family family) {
        if (ofLegacy.contains(family)) {
            return List.of();
        }
        String program = family == Family.IPV4 ? "iptables-legacy-save" : "ip6tables-legacy-save";
        Optional<String> failure = failures.stream()
                .filter(one -> one.kind() != Kind.NFT && one.family().equals(Optional.of(family)))
                .map(Failure::why)
                .findFirst();
        return switch (kernel.legacy().getOrDefault(family, new LegacyTables.Answer.Unreadable())) {
            case LegacyTables.Answer.Made(Set<String> names) -> {
                var tables = new TreeSet<>(names);
                tables.retainAll(MATTER);
                yield tables.isEmpty()
                        ? List.of()
                        : List.of("iptables-legacy has " + (tables.size() == 1 ? "the table " : "the tables ")
                                + String.join(", ", tables) + (family == Family.IPV4 ? "" : " for IPv6")
                                + failure.map(why -> ", and " + why)
                                        .orElse(": install " + program + " to see its rules"));
            }
            // What a right is missing for is said once for both families.
            case LegacyTables.Answer.Unreadable _ -> List.of();
            case LegacyTables.Answer.NotShown _ ->
                kernelTellsNft()
                        ? List.of("those of iptables-legacy are not shown here"
                                + failure.map(why -> ", and " + why).orElse(""))
                        : List.of();
        };
    }
}
