package dev.rebind.diagnosis.nat;

import dev.rebind.diagnosis.seen.Nat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of nftables that send a port elsewhere, from {@code nft -j list ruleset}; see libnftables-json(5). Rules that
 * iptables has made are left to iptables-save, and maps of verdicts are not followed. Pure.
 */
public final class NftRules {
    private NftRules() {}

    private record Chain(String family, String table, String name) {}

    /** What a rule does with a connection to the port. */
    private sealed interface Effect {
        record Translates(String text, String target) implements Effect {}

        record Jumps(String chain, boolean matched) implements Effect {}

        record Nothing() implements Effect {}
    }

    /** Empty for what is not the output of nft. */
    public static List<Nat.Rule> on(String json, int port, Destination here) {
        Object root;
        try {
            root = JsonText.parse(json);
        } catch (IllegalArgumentException e) {
            return List.of();
        }
        Map<Chain, List<List<?>>> rules = new LinkedHashMap<>();
        Map<Chain, String> hooks = new LinkedHashMap<>();
        for (Object entry : list(map(root).get("nftables"))) {
            Map<?, ?> chain = map(map(entry).get("chain"));
            String hook = text(chain.get("hook"));
            if (hook.equals("prerouting") || hook.equals("output")) {
                hooks.put(key(chain, "name"), hook.toUpperCase(Locale.ROOT));
            }
            Map<?, ?> rule = map(map(entry).get("rule"));
            if (!rule.isEmpty()) {
                rules.computeIfAbsent(key(rule, "chain"), _ -> new ArrayList<>())
                        .add(list(rule.get("expr")));
            }
        }
        var found = new ArrayList<Nat.Rule>();
        hooks.forEach((chain, hook) -> follow(chain, hook, false, port, here, rules, new HashSet<>(), found));
        return found;
    }

    private static void follow(
            Chain chain,
            String hook,
            boolean matched,
            int port,
            Destination here,
            Map<Chain, List<List<?>>> rules,
            Set<String> visited,
            List<Nat.Rule> found) {
        if (!visited.add(chain.toString() + matched)) {
            return;
        }
        for (List<?> rule : rules.getOrDefault(chain, List.of())) {
            switch (effect(rule, matched, port, here)) {
                case Effect.Translates(String text, String target) ->
                    found.add(new Nat.Rule(
                            chain.family() + " " + chain.table() + " " + chain.name() + ": " + text, target, hook));
                case Effect.Jumps(String to, boolean now) ->
                    follow(new Chain(chain.family(), chain.table(), to), hook, now, port, here, rules, visited, found);
                case Effect.Nothing _ -> {}
            }
        }
    }

    private static Effect effect(List<?> expressions, boolean matchedBefore, int port, Destination here) {
        boolean matched = matchedBefore;
        for (Object expression : expressions) {
            Map<?, ?> one = map(expression);
            if (one.containsKey("xt")) {
                return new Effect.Nothing();
            }
            Map<?, ?> match = map(one.get("match"));
            Map<?, ?> payload = map(map(match.get("left")).get("payload"));
            if (text(payload.get("field")).equals("daddr")
                    && !text(match.get("op")).equals("!=")
                    && !mayBe(match.get("right"), here)) {
                return new Effect.Nothing();
            }
            if (text(payload.get("field")).equals("dport")) {
                boolean within = text(payload.get("protocol")).matches("tcp|th") && contains(match.get("right"), port);
                if (within == text(match.get("op")).equals("!=")) {
                    return new Effect.Nothing();
                }
                matched = true;
            }
            for (String verdict : List.of("jump", "goto")) {
                String target = text(map(one.get(verdict)).get("target"));
                if (!target.isEmpty()) {
                    return new Effect.Jumps(target, matched);
                }
            }
            for (String verdict : List.of("dnat", "redirect", "tproxy")) {
                if (one.containsKey(verdict) && matched) {
                    return translates(verdict, map(one.get(verdict)), port);
                }
            }
        }
        return new Effect.Nothing();
    }

    private static Effect translates(String verdict, Map<?, ?> to, int port) {
        String address = text(to.get("addr"));
        String target = text(to.get("port"));
        String whole = target.isEmpty() ? address : address + ":" + target;
        return new Effect.Translates("tcp dport " + port + " " + verdict + " to " + whole, whole);
    }

    /** Whether an address of this machine may be meant; what is no literal may be anything. */
    private static boolean mayBe(@Nullable Object right, Destination here) {
        Map<?, ?> prefix = map(map(right).get("prefix"));
        if (!prefix.isEmpty()) {
            return here.has(text(prefix.get("addr")) + "/" + text(prefix.get("len")));
        }
        List<?> set = list(map(right).get("set"));
        return set.isEmpty() ? here.has(text(right)) : set.stream().anyMatch(element -> mayBe(element, here));
    }

    private static boolean contains(@Nullable Object right, int port) {
        if (right instanceof Double number) {
            return number.intValue() == port;
        }
        List<?> range = list(map(right).get("range"));
        if (range.size() == 2 && range.get(0) instanceof Double first && range.get(1) instanceof Double last) {
            return port >= first && port <= last;
        }
        return list(map(right).get("set")).stream().anyMatch(element -> contains(element, port));
    }

    private static Chain key(Map<?, ?> object, String name) {
        return new Chain(text(object.get("family")), text(object.get("table")), text(object.get(name)));
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    private static String text(@Nullable Object value) {
        return Optional.ofNullable(value)
                .map(some -> some instanceof Double number && number == Math.rint(number)
                        ? Long.toString(number.longValue())
                        : some instanceof String string ? string : "")
                .orElse("");
    }
}
