package dev.rebind.diagnosis.nat;

import static dev.rebind.diagnosis.nat.NftJson.list;
import static dev.rebind.diagnosis.nat.NftJson.map;
import static dev.rebind.diagnosis.nat.NftJson.text;

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
            Set.of("counter", "log", "mangle", "continue", "comment", "ct helper", "ct timeout", "dup", "flow");

    private final List<?> expressions;
    private final NftMatch conditions;
    private final String text;
    private final List<Step> steps = new ArrayList<>();
    private Answer match = Answer.YES;

    /** @param place the names of table and chain, with which the rule's text begins */
    NftRule(List<?> expressions, String place, NftMatch conditions) {
        this.expressions = expressions;
        this.conditions = conditions;
        text = place + NftText.rule(expressions);
    }

    List<Step> steps() {
        for (Object expression : expressions) {
            map(expression).forEach((name, value) -> statement(text(name), value));
        }
        return steps;
    }

    private void statement(String name, @Nullable Object value) {
        switch (name) {
            case "match" -> match = match.and(conditions.holds(map(value)));
            case "vmap" -> vmap(map(value));
            case "dnat", "redirect" -> translate(name, map(value));
            // It is passed over where no socket with IP_TRANSPARENT listens there (net/netfilter/nft_tproxy.c).
            case "tproxy" -> {
                Answer before = match;
                match = match.and(Answer.MAYBE);
                translate(name, map(value));
                match = before;
            }
            case "xt" -> extension(map(value));
            default ->
                verdict(name, value)
                        .ifPresentOrElse(
                                action -> step(match, action),
                                () -> match = CONTINUES.contains(name) ? match : match.and(Answer.MAYBE));
        }
    }

    private void step(Answer whom, Step.Action action) {
        steps.add(new Step(whom, action, text));
    }

    private static Optional<Step.Action> verdict(String name, @Nullable Object value) {
        String chain = text(map(value).get("target"));
        return Optional.ofNullable(
                switch (name) {
                    case "accept" -> new Step.Action.Accept();
                    case "drop", "reject", "queue" -> new Step.Action.Drop();
                    case "return" -> new Step.Action.Return();
                    case "jump" -> new Step.Action.Jump(chain);
                    case "goto" -> new Step.Action.Goto(chain);
                    case "notrack" -> new Step.Action.Untrack();
                    default -> null;
                });
    }

    /** A rule of iptables whose own words nft does not know. */
    private void extension(Map<?, ?> extension) {
        String target = text(extension.get("name"));
        if (text(extension.get("type")).equals("match")) {
            match = match.and(Answer.MAYBE);
        } else if (target.isEmpty() || IptablesLine.TRANSLATES.contains(target)) {
            step(match.and(Answer.MAYBE), new Step.Action.Translate("", Answer.NO));
        }
    }

    private void vmap(Map<?, ?> vmap) {
        for (Chosen chosen : chosen(vmap)) {
            map(chosen.value())
                    .forEach((name, value) ->
                            verdict(text(name), value).ifPresent(action -> step(match.and(chosen.whom()), action)));
        }
    }

    /** @param whom for whom a map has this value */
    private record Chosen(Answer whom, @Nullable Object value) {
        Chosen perhaps() {
            return new Chosen(Answer.MAYBE, value);
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
                rest = Optional.of(new Chosen(Answer.YES, pair.get(1)));
            } else if (pair.size() == 2) {
                chosen.add(new Chosen(conditions.is(key, pair.get(0)), pair.get(1)));
            }
        }
        chosen.removeIf(one -> one.whom() == Answer.NO);
        Optional<Chosen> certain =
                chosen.stream().filter(one -> one.whom() == Answer.YES).findFirst();
        // A catch-all element holds where no other does.
        return certain.isPresent()
                ? List.of(certain.get())
                : chosen.isEmpty()
                        ? rest.stream().toList()
                        : Stream.concat(chosen.stream(), rest.map(Chosen::perhaps).stream())
                                .toList();
    }

    private void translate(String name, Map<?, ?> to) {
        Family family = conditions.traffic().family();
        String only = text(to.get("family"));
        if (!only.isEmpty() && !only.equals(family == Family.IPV4 ? "ip" : "ip6")) {
            match = Answer.NO;
            return;
        }
        Map<?, ?> byAddress = map(map(to.get("addr")).get("map"));
        Map<?, ?> byPort = map(map(to.get("port")).get("map"));
        if (!byAddress.isEmpty()) {
            chosen(byAddress).forEach(chosen -> to(name, chosen, chosen.value(), to.get("port")));
        } else if (!byPort.isEmpty()) {
            chosen(byPort).forEach(chosen -> to(name, chosen, to.get("addr"), chosen.value()));
        } else {
            to(name, new Chosen(Answer.YES, null), to.get("addr"), to.get("port"));
        }
    }

    private void to(String name, Chosen chosen, @Nullable Object address, @Nullable Object port) {
        List<?> both = list(map(address).get("concat"));
        String where = NftJson.span(both.size() == 2 ? both.get(0) : address);
        String ports = NftJson.span(both.size() == 2 ? both.get(1) : port);
        Answer stays = isExpression(address, where) || (both.isEmpty() && isExpression(port, ports))
                ? Answer.MAYBE
                : name.equals("dnat") && address == null
                        ? conditions.traffic().samePort(ports)
                        : conditions.traffic().stays(where, ports);
        step(match.and(chosen.whom()), new Step.Action.Translate(Target.text(where, ports), stays));
    }

    /** Whether there is a value that is not written out, as a hash. */
    private static boolean isExpression(@Nullable Object value, String written) {
        return value != null && written.isEmpty();
    }
}
