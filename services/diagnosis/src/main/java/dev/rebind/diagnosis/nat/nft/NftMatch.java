package dev.rebind.diagnosis.nat.nft;

import static dev.rebind.diagnosis.nat.nft.NftJson.list;
import static dev.rebind.diagnosis.nat.nft.NftJson.map;
import static dev.rebind.diagnosis.nat.nft.NftJson.text;

import dev.rebind.diagnosis.nat.Applies;
import dev.rebind.diagnosis.nat.FirstPackets;
import dev.rebind.diagnosis.nat.FirstPackets.Hook;
import dev.rebind.diagnosis.seen.Nat.Clients;
import dev.rebind.sockets.Family;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Conditions of nftables; see EXPRESSIONS in libnftables-json(5). What is not known here may hold for some.
 *
 * @param sets the elements of the table's sets and maps, by their names
 */
record NftMatch(FirstPackets traffic, Map<String, List<?>> sets) {
    Applies holds(Map<?, ?> match) {
        Object left = match.get("left");
        Object right = match.get("right");
        Applies answer = switch (text(match.get("op"))) {
            case "==", "in" -> equal(left, right);
            case "!=" -> differs(left, right);
            case "<" -> ports(left, right, (port, bound) -> port < bound);
            case ">" -> ports(left, right, (port, bound) -> port > bound);
            case "<=" -> ports(left, right, (port, bound) -> port <= bound);
            case ">=" -> ports(left, right, (port, bound) -> port >= bound);
            default -> Applies.MAYBE;
        };
        // A packet of another protocol matches neither a comparison nor its contrary.
        return has(left).and(answer);
    }

    private Applies differs(@Nullable Object left, @Nullable Object right) {
        boolean noDevice = text(map(map(left).get("meta")).get("key")).equals("iif")
                && traffic.clients() == Clients.THIS_MACHINE
                && traffic.hook() == Hook.OUTPUT;
        // Kernels differ in whether a packet without such a device matches.
        return noDevice ? Applies.MAYBE : equal(left, right).not();
    }

    /** Whether packets of the traffic have the field at all. */
    Applies has(@Nullable Object left) {
        return switch (text(map(map(left).get("payload")).get("protocol"))) {
            case "ip" -> Applies.of(traffic.family() == Family.IPV4);
            case "ip6" -> Applies.of(traffic.family() == Family.IPV6);
            case "udp", "udplite", "sctp", "dccp", "icmp", "icmpv6", "igmp" -> Applies.NO;
            default -> Applies.YES;
        };
    }

    private Applies ports(
            @Nullable Object left, @Nullable Object right, BiFunction<Integer, Integer, Boolean> compares) {
        Optional<Integer> bound = NftJson.number(right);
        return isPort(left) && bound.isPresent()
                ? Applies.of(compares.apply(traffic.port(), bound.get()))
                : Applies.MAYBE;
    }

    private static boolean isPort(@Nullable Object left) {
        return text(map(map(left).get("payload")).get("field")).equals("dport");
    }

    /** The elements of a set or map that is written or named here; a single value is its own element. */
    List<?> elements(@Nullable Object value) {
        String name = text(value);
        if (name.startsWith("@")) {
            return sets.getOrDefault(name.substring(1), List.of());
        }
        Object set = map(value).get("set");
        return set == null ? list(value) : list(set);
    }

    /** Whether the expression has one of the values. */
    private Applies equal(@Nullable Object left, @Nullable Object right) {
        if (map(left).containsKey("&") || isFlags(left)) {
            return flags(left, right);
        }
        return Applies.any(elements(right), element -> is(left, element));
    }

    private static boolean isFlags(@Nullable Object left) {
        Map<?, ?> payload = map(map(left).get("payload"));
        return text(payload.get("protocol")).equals("tcp")
                && text(payload.get("field")).equals("flags");
    }

    /** {@code tcp flags & (syn | ack) == syn}; without the mask, flags for ECN may be set besides. */
    private Applies flags(@Nullable Object left, @Nullable Object right) {
        List<?> masked = list(map(left).get("&"));
        return masked.size() == 2 && isFlags(masked.get(0)) && !(right instanceof Map<?, ?>)
                ? traffic.flags(
                        list(masked.get(1)).stream().map(NftJson::text).toList(),
                        list(right).stream().map(NftJson::text).toList())
                : Applies.MAYBE;
    }

    /** @param value one element of a set, or a key of a map */
    Applies is(@Nullable Object left, @Nullable Object value) {
        Map<?, ?> element = map(map(value).get("elem"));
        if (element.containsKey("val")) {
            return is(left, element.get("val"));
        }
        if (map(left).get("concat") instanceof List<?> parts) {
            return has(parts, list(map(value).get("concat")));
        }
        if (text(map(map(left).get("ct")).get("key")).equals("state")) {
            return traffic.state(List.of(text(value)));
        }
        Map<?, ?> payload = map(map(left).get("payload"));
        Map<?, ?> fib = map(map(left).get("fib"));
        String meta = text(map(map(left).get("meta")).get("key"));
        return has(left)
                .and(
                        !payload.isEmpty()
                                ? payload(text(payload.get("field")), value)
                                : !fib.isEmpty() ? fib(fib, text(value)) : meta(meta, text(value)));
    }

    private Applies has(List<?> parts, List<?> values) {
        Applies all = parts.size() == values.size() ? Applies.YES : Applies.MAYBE;
        for (int i = 0; i < Math.min(parts.size(), values.size()); i++) {
            all = all.and(is(parts.get(i), values.get(i)));
        }
        return all;
    }

    private Applies payload(String field, @Nullable Object value) {
        return switch (field) {
            case "dport" -> port(value);
            case "daddr" -> traffic.destination(NftJson.span(value));
            case "saddr" -> traffic.source(NftJson.span(value));
            case "protocol", "nexthdr" -> isTcp(text(value));
            default -> Applies.MAYBE;
        };
    }

    private Applies port(@Nullable Object value) {
        List<?> range = list(map(value).get("range"));
        Optional<Integer> first = NftJson.number(range.size() == 2 ? range.get(0) : value);
        Optional<Integer> last = NftJson.number(range.size() == 2 ? range.get(1) : value);
        return first.isPresent() && last.isPresent() ? traffic.port(first.get(), last.get()) : Applies.MAYBE;
    }

    private static Applies isTcp(String protocol) {
        return Applies.of(protocol.equals("tcp") || protocol.equals("6"));
    }

    private Applies fib(Map<?, ?> fib, String type) {
        List<String> flags = list(fib.get("flags")).stream().map(NftJson::text).toList();
        if (!text(fib.get("result")).equals("type")) {
            return Applies.MAYBE;
        }
        return flags.equals(List.of("daddr"))
                ? traffic.destinationType(List.of(type))
                : flags.equals(List.of("saddr")) ? traffic.sourceType(List.of(type)) : Applies.MAYBE;
    }

    private Applies meta(String key, String value) {
        return switch (key) {
            case "l4proto" -> value.isEmpty() ? Applies.MAYBE : isTcp(value);
            case "nfproto" -> family(value, "ipv4", "ipv6");
            case "protocol" -> family(value, "ip", "ip6");
            case "iif", "iifname" -> value.isEmpty() ? Applies.MAYBE : traffic.in(value);
            case "oif", "oifname" -> value.isEmpty() ? Applies.MAYBE : traffic.out(value);
            default -> Applies.MAYBE;
        };
    }

    private Applies family(String value, String four, String six) {
        return value.equals(four) || value.equals(six)
                ? Applies.of(value.equals(traffic.family() == Family.IPV4 ? four : six))
                : Applies.MAYBE;
    }
}
