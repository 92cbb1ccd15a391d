package dev.rebind.diagnosis.nat.nft;

import dev.rebind.diagnosis.nat.FirstPackets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Parts of what {@link JsonText} reads; what is not of the wanted kind is empty. Pure. */
final class NftJson {
    private NftJson() {}

    static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    /** A single value is a list of one. */
    static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
    }

    static String text(@Nullable Object value) {
        return value instanceof Double number && number == Math.rint(number)
                ? Long.toString(number.longValue())
                : value instanceof String string ? string : "";
    }

    static Optional<Integer> number(@Nullable Object value) {
        return value instanceof Double number ? Optional.of(number.intValue()) : Optional.empty();
    }

    /** An address, a prefix or a range as {@link FirstPackets#destination} takes it; empty for anything else, as an expression. */
    static String span(@Nullable Object value) {
        Map<?, ?> prefix = map(map(value).get("prefix"));
        List<?> range = list(map(value).get("range"));
        return !prefix.isEmpty()
                ? text(prefix.get("addr")) + "/" + text(prefix.get("len"))
                : range.size() == 2 ? text(range.get(0)) + "-" + text(range.get(1)) : text(value);
    }
}
