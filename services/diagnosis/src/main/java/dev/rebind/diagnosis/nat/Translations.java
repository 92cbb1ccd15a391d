package dev.rebind.diagnosis.nat;

import dev.rebind.diagnosis.nat.ChainOutcome.Part;
import dev.rebind.diagnosis.nat.FirstPackets.Hook;
import dev.rebind.diagnosis.nat.Ruleset.Base;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.diagnosis.seen.Nat.Clients;
import dev.rebind.sockets.Family;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Which rules take the clients of a port, over all tools. Pure. */
public final class Translations {
    private Translations() {}

    public static List<Nat.Rule> of(List<? extends Ruleset> rulesets, int port, Destination here) {
        var found = new ArrayList<Nat.Rule>();
        for (Clients clients : Clients.values()) {
            for (Family family : Family.values()) {
                if (here.families().contains(family)) {
                    found.addAll(new Clientele(port, family, clients, here, rulesets).rules());
                }
            }
        }
        return merged(found, here);
    }

    /** One kind of clients over one protocol. */
    private static final class Clientele {
        private final int port;
        private final Family family;
        private final Clients clients;
        private final Destination here;
        private final List<? extends Ruleset> rulesets;
        private final List<Nat.Rule> found = new ArrayList<>();
        private Part left = Part.ALL;
        private Applies untracked = Applies.NO;

        Clientele(int port, Family family, Clients clients, Destination here, List<? extends Ruleset> rulesets) {
            this.port = port;
            this.family = family;
            this.clients = clients;
            this.here = here;
            this.rulesets = rulesets;
        }

        List<Nat.Rule> rules() {
            switch (clients) {
                case OTHER_MACHINES -> hook(Hook.PREROUTING, true);
                case THIS_MACHINE -> {
                    hook(Hook.OUTPUT, true);
                    // The connection has its addresses from OUTPUT, and no chain of the type nat sees it again.
                    hook(Hook.PREROUTING, false);
                }
            }
            return found;
        }

        private void hook(Hook hook, boolean nat) {
            var traffic = new FirstPackets(port, family, clients, hook, here);
            // A server at all addresses gets the clients of those, too, that the machine may be given later.
            if (here.asked().isPresent() && traffic.destinations().isEmpty()) {
                return;
            }
            var byPriority = new TreeMap<Integer, List<Base>>();
            rulesets.stream()
                    .flatMap(ruleset -> ruleset.at(traffic).stream())
                    .filter(base -> nat || !base.nat())
                    .forEach(base -> byPriority
                            .computeIfAbsent(base.priority(), _ -> new ArrayList<>())
                            .add(base));
            byPriority.values().forEach(bases -> meet(bases, hook));
        }

        /** @param bases of one priority; which of several comes first is not known */
        private void meet(List<Base> bases, Hook hook) {
            List<ChainOutcome> outcomes = bases.stream()
                    .filter(base -> !base.nat() || untracked != Applies.YES)
                    .map(base -> base.nat() && untracked == Applies.MAYBE
                            ? base.outcome().ofSome()
                            : base.outcome())
                    .toList();
            if (left == Part.NONE) {
                return;
            }
            long touching =
                    outcomes.stream().filter(one -> one.untouched() != Part.ALL).count();
            boolean certain = left == Part.ALL && touching < 2;
            for (ChainOutcome outcome : outcomes) {
                (certain ? outcome : outcome.ofSome())
                        .taken()
                        .forEach(taken -> found.add(new Nat.Rule(
                                taken.text(),
                                taken.target(),
                                hook.name(),
                                clients,
                                Optional.of(family),
                                taken.all() ? Nat.Takes.ALL : Nat.Takes.SOME)));
                untracked = outcome.untracked().compareTo(untracked) > 0 ? outcome.untracked() : untracked;
            }
            boolean none = outcomes.stream().anyMatch(one -> one.untouched() == Part.NONE);
            left = none ? Part.NONE : touching > 0 ? Part.SOME : left;
        }
    }

    /** A rule that is reached in several ways, or by both families, is said once. */
    private static List<Nat.Rule> merged(List<Nat.Rule> found, Destination here) {
        var merged = new LinkedHashMap<Nat.Rule, Nat.Rule>();
        for (Nat.Rule rule : found) {
            merged.merge(with(rule, rule.family(), Nat.Takes.SOME), rule, (a, b) -> a.takes() == Nat.Takes.ALL ? a : b);
        }
        var byFamily = new LinkedHashMap<Nat.Rule, List<Nat.Rule>>();
        for (Nat.Rule rule : merged.values()) {
            byFamily.computeIfAbsent(with(rule, Optional.empty(), rule.takes()), _ -> new ArrayList<>())
                    .add(rule);
        }
        return byFamily.entrySet().stream()
                .flatMap(entry -> entry.getValue().size() == here.families().size()
                        ? List.of(entry.getKey()).stream()
                        : entry.getValue().stream())
                .toList();
    }

    private static Nat.Rule with(Nat.Rule rule, Optional<Family> family, Nat.Takes takes) {
        return new Nat.Rule(rule.text(), rule.target(), rule.hook(), rule.clients(), family, takes);
    }
}
