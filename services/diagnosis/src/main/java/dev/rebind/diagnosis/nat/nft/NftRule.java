package dev.rebind.diagnosis.nat.nft;

import static dev.rebind.diagnosis.nat.nft.NftJson.list;
import static dev.rebind.diagnosis.nat.nft.NftJson.map;
import static dev.rebind.diagnosis.nat.nft.NftJson.text;

import dev.rebind.diagnosis.nat.Applies;
import dev.rebind.diagnosis.nat.RuleStep;
import dev.rebind.diagnosis.nat.RuleSteps;
import dev.rebind.diagnosis.nat.iptables.IptablesRules;
import dev.rebind.sockets.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one rule of nftables does: its expressions from left to right; see STATEMENTS in libnftables-json(5). For one thread.
 */
final class NftRule {
    /** Statements that neither end a rule nor have a condition. */
    private static final Set<String> CONTINUES =
            Set.of("counter", "log", "continue", "comment", "ct helper", "ct timeout", "dup", "flow");

    private final List<?> expressions;
    private final NftMatch conditions;
    private final RuleSteps steps;

    /** @param place the names of table and chain, with which the rule's text begins */
    NftRule(List<?> expressions, String place, NftMatch conditions) {
        this.expressions = expressions;
        this.conditions = conditions;
        steps = new RuleSteps(conditions.traffic(), place + NftText.rule(expressions));
    }

    List<RuleStep> steps() {
        for (Object expression : expressions) {
            map(expression).forEach((name, value) -> statement(text(name), value));
        }
        return steps.steps();
    }

    private void statement(String name, @Nullable Object value) {
        switch (name) {
            case "match" -> steps.when(conditions.holds(map(value)));
            case "vmap" -> vmap(map(value));
            case "dnat", "redirect" -> translate(name, map(value), Applies.YES);
            // It is passed over where no socket with IP_TRANSPARENT listens there (net/netfilter/nft_tproxy.c).
            case "tproxy" -> translate(name, map(value), Applies.MAYBE);
            case "xt" -> extension(map(value));
            case "mangle" -> write(NftWrite.of(value));
            default ->
                verdict(name, value)
                        .ifPresentOrElse(
                                steps::then, () -> steps.when(CONTINUES.contains(name) ? Applies.YES : Applies.MAYBE));
        }
    }

    private static Optional<RuleStep.Action> verdict(String name, @Nullable Object value) {
        String chain = text(map(value).get("target"));
        return Optional.ofNullable(
                switch (name) {
                    case "accept" -> new RuleStep.Action.Accept();
                    case "drop", "reject", "queue" -> new RuleStep.Action.Drop();
                    case "return" -> new RuleStep.Action.Return();
                    case "jump" -> new RuleStep.Action.Jump(chain);
                    case "goto" -> new RuleStep.Action.Goto(chain);
                    case "notrack" -> new RuleStep.Action.Untrack();
                    default -> null;
                });
    }

    /** A rule of iptables whose own words nft does not know. */
    private void extension(Map<?, ?> extension) {
        String target = text(extension.get("name"));
        if (text(extension.get("type")).equals("match")) {
            steps.when(Applies.MAYBE);
        } else if (target.isEmpty() || IptablesRules.TRANSLATES.contains(target)) {
            steps.thenPerhapsElsewhere();
        }
    }

    private void vmap(Map<?, ?> vmap) {
        for (Chosen chosen : chosen(vmap)) {
            map(chosen.value())
                    .forEach((name, value) ->
                            verdict(text(name), value).ifPresent(action -> steps.then(chosen.whom(), action)));
        }
    }

    /** @param whom for whom a map has this value */
    private record Chosen(Applies whom, @Nullable Object value) {
        Chosen perhaps() {
            return new Chosen(Applies.MAYBE, value);
        }
    }

    /** The values that a map may have for the traffic; one alone where it has it for certain. */
    private List<Chosen> chosen(Map<?, ?> lookup) {
        Object key = lookup.get("key");
        var chosen = new ArrayList<Chosen>();
        Optional<Chosen> rest = Optional.empty();
        for (Object element : conditions.elements(lookup.get("data"))) {
            List<?> pair = list(element);
            if (pair.size() == 2 && text(pair.get(0)).equals("*")) {
                rest = Optional.of(new Chosen(Applies.YES, pair.get(1)));
            } else if (pair.size() == 2) {
                chosen.add(new Chosen(conditions.is(key, pair.get(0)), pair.get(1)));
            }
        }
        chosen.removeIf(one -> one.whom() == Applies.NO);
        Optional<Chosen> certain =
                chosen.stream().filter(one -> one.whom() == Applies.YES).findFirst();
        // A catch-all element holds where no other does.
        return certain.isPresent()
                ? List.of(certain.get())
                : chosen.isEmpty()
                        ? rest.stream().toList()
                        : Stream.concat(chosen.stream(), rest.map(Chosen::perhaps).stream())
                                .toList();
    }

    private void translate(String name, Map<?, ?> to, Applies whom) {
        Family family = conditions.traffic().family();
        String only = text(to.get("family"));
        if (!only.isEmpty() && !only.equals(family == Family.IPV4 ? "ip" : "ip6")) {
            steps.when(Applies.NO);
            return;
        }
        Map<?, ?> byAddress = map(map(to.get("addr")).get("map"));
        Map<?, ?> byPort = map(map(to.get("port")).get("map"));
        if (!byAddress.isEmpty()) {
            chosen(byAddress).forEach(chosen -> to(name, chosen.whom().and(whom), chosen.value(), to.get("port")));
        } else if (!byPort.isEmpty()) {
            chosen(byPort).forEach(chosen -> to(name, chosen.whom().and(whom), to.get("addr"), chosen.value()));
        } else {
            to(name, whom, to.get("addr"), to.get("port"));
        }
    }

    private void write(NftWrite write) {
        if (write.destination().isEmpty()) {
            return;
        }
        Applies has = conditions.has(write.key());
        Map<?, ?> lookup = map(map(write.value()).get("map"));
        List<Chosen> values = lookup.isEmpty() ? List.of(new Chosen(Applies.YES, write.value())) : chosen(lookup);
        for (Chosen chosen : values) {
            String written = NftJson.span(chosen.value());
            boolean port = write.destination().equals("dport");
            steps.thenWritten(chosen.whom().and(has), port ? "" : written, port ? written : "");
        }
        if (values.stream().noneMatch(chosen -> chosen.whom() == Applies.YES)) {
            // For a packet that the map does not have, the rule ends.
            steps.when(values.isEmpty() ? Applies.NO : Applies.MAYBE);
        }
    }

    private void to(String name, Applies whom, @Nullable Object address, @Nullable Object port) {
        List<?> both = list(map(address).get("concat"));
        String where = NftJson.span(both.size() == 2 ? both.get(0) : address);
        String ports = NftJson.span(both.size() == 2 ? both.get(1) : port);
        if (isExpression(address, where) || (both.isEmpty() && isExpression(port, ports))) {
            steps.thenTo(whom, where, ports, Applies.MAYBE);
        } else if (name.equals("dnat") && address == null) {
            steps.thenToPort(whom, ports);
        } else {
            steps.thenTo(whom, where, ports);
        }
    }

    /** Whether there is a value that is not written out, as a hash. */
    private static boolean isExpression(@Nullable Object value, String written) {
        return value != null && written.isEmpty();
    }
}
