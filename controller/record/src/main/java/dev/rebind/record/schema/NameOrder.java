package dev.rebind.record.schema;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The order in which a record lists what has names. */
public final class NameOrder {
    private NameOrder() {}

    /** A copy in the order of the names, so that equal facts are written alike. */
    public static <V> Map<String, V> sorted(Map<String, V> map) {
        return Collections.unmodifiableMap(new TreeMap<>(map));
    }
}
