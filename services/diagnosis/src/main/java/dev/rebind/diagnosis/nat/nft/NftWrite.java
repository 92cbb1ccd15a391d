package dev.rebind.diagnosis.nat.nft;

import static dev.rebind.diagnosis.nat.nft.NftJson.map;
import static dev.rebind.diagnosis.nat.nft.NftJson.text;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A statement that writes into something: {@code tcp dport set 9090}, {@code ip daddr set tcp dport map @where}, {@code meta mark set 1};
 * see MANGLE in libnftables-json(5). Pure.
 */
record NftWrite(@Nullable Object key, @Nullable Object value) {
    private static final Set<String> DESTINATIONS = Set.of("daddr", "dport");

    static NftWrite of(@Nullable Object mangle) {
        return new NftWrite(map(mangle).get("key"), map(mangle).get("value"));
    }

    private Map<?, ?> payload() {
        return map(map(key).get("payload"));
    }

    /** {@code daddr} or {@code dport}, where it writes the destination of packets in words that are known here; empty for anything else. */
    String destination() {
        String field = text(payload().get("field"));
        return DESTINATIONS.contains(field) && !isOfDevice() ? field : "";
    }

    private boolean isOfDevice() {
        return text(payload().get("protocol")).equals("ether");
    }

    /** Whether it may write a destination in other words: a device's, or so many bytes at a place of the packet. */
    private boolean mayWriteMore() {
        return !payload().isEmpty() && (isOfDevice() || !payload().containsKey("field"));
    }

    /** Whether rules change where packets go, and only as {@link NftRule} follows them. */
    static boolean followed(List<List<?>> rules) {
        boolean any = false;
        for (List<?> rule : rules) {
            for (Object expression : rule) {
                Map<?, ?> statement = map(expression);
                if (statement.containsKey("fwd")) {
                    return false;
                }
                NftWrite write = of(statement.get("mangle"));
                if (write.mayWriteMore()) {
                    return false;
                }
                any |= !write.destination().isEmpty();
            }
        }
        return any;
    }
}
