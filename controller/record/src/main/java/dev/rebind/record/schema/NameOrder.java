package dev.rebind.record.schema;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The order in which a record lists its named facts: by name. */
public final class NameOrder {
    private NameOrder() {}

    /** Returns a copy sorted by name, so that equal facts give equal text. */
    public static <V> Map<String, V> sorted(Map<String, V> map) {
        return Collections.unmodifiableMap(new TreeMap<>(map));
    }
}
