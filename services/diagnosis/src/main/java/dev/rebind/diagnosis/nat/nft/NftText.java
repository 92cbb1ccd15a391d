package dev.rebind.diagnosis.nat.nft;

import static dev.rebind.diagnosis.nat.nft.NftJson.list;
import static dev.rebind.diagnosis.nat.nft.NftJson.map;
import static dev.rebind.diagnosis.nat.nft.NftJson.text;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A rule of nftables as nft(8) writes it, from its JSON; what is not known here is written as in the JSON. Pure. */
final class NftText {
    private NftText() {}

    static String rule(List<?> expressions) {
        return expressions.stream()
                .filter(expression -> !map(expression).containsKey("counter"))
                .map(NftText::statement)
                .collect(Collectors.joining(" "));
    }

    private static String statement(Object statement) {
        return map(statement).entrySet().stream()
                .map(entry -> statement(text(entry.getKey()), entry.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String statement(String name, @Nullable Object value) {
        Map<?, ?> body = map(value);
        return switch (name) {
            case "match" -> match(body);
            case "vmap" -> lookup(body, "vmap");
            case "jump", "goto" -> name + " " + text(body.get("target"));
            case "dnat", "redirect", "tproxy" -> translate(name, body);
            case "mangle" -> expression(body.get("key")) + " set " + expression(body.get("value"));
            case "xt" -> "xt " + text(body.get("type")) + " " + text(body.get("name"));
            default -> body.isEmpty() ? name : name + " " + body;
        };
    }

    private static String match(Map<?, ?> match) {
        String op = text(match.get("op"));
        return expression(match.get("left"))
                + (op.equals("==") || op.equals("in") ? " " : " " + op + " ")
                + expression(match.get("right"));
    }

    private static String translate(String name, Map<?, ?> to) {
        String family = text(to.get("family"));
        String address = expression(to.get("addr"));
        String port = expression(to.get("port"));
        String target = address + (port.isEmpty() ? "" : ":" + port);
        return name + (family.isEmpty() ? "" : " " + family) + (target.isEmpty() ? "" : " to " + target);
    }

    private static String lookup(Map<?, ?> lookup, String word) {
        return expression(lookup.get("key")) + " " + word + " " + expression(lookup.get("data"));
    }

    private static String expression(@Nullable Object value) {
        Map<?, ?> map = map(value);
        if (map.isEmpty()) {
            return value instanceof List<?> list ? joined(list, ",") : text(value);
        }
        Object name = map.keySet().iterator().next();
        Object inner = map.get(name);
        return switch (text(name)) {
            case "payload" ->
                text(map(inner).get("protocol")) + " " + text(map(inner).get("field"));
            case "meta", "ct" -> name + " " + text(map(inner).get("key"));
            case "fib" ->
                "fib " + joined(list(map(inner).get("flags")), " . ") + " "
                        + text(map(inner).get("result"));
            case "prefix", "range" -> NftJson.span(value);
            case "concat" -> joined(list(inner), " . ");
            case "&" -> joined(list(inner), " & ");
            case "set" -> "{ " + list(inner).stream().map(NftText::element).collect(Collectors.joining(", ")) + " }";
            case "elem" -> expression(map(inner).get("val"));
            case "map" -> lookup(map(inner), "map");
            default -> map.toString();
        };
    }

    /** An element of a set, or the key and the value of one of a map. */
    private static String element(Object element) {
        return element instanceof List<?> pair && pair.size() == 2
                ? expression(pair.get(0)) + " : " + value(pair.get(1))
                : expression(element);
    }

    private static String value(Object value) {
        String name =
                map(value).keySet().stream().map(NftJson::text).findFirst().orElse("");
        return switch (name) {
            case "accept", "drop", "return", "jump", "goto", "continue" -> statement(value);
            default -> expression(value);
        };
    }

    private static String joined(List<?> parts, String by) {
        return parts.stream().map(NftText::expression).collect(Collectors.joining(by));
    }
}
