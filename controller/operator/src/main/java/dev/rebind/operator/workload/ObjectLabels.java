package dev.rebind.operator.workload;

import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The labels of the chart's objects, and helpers for labels and selectors. */
final class ObjectLabels {
    /** The labels that every object of the chart has. */
    static final Map<String, String> CHART = Map.of("app.kubernetes.io/part-of", "rebind");

    static final String COMPONENT = "app.kubernetes.io/component";

    private ObjectLabels() {}

    /** Returns a selector's labels as a list of {@code key=value} separated by commas. */
    static String text(LabelSelector selector) {
        return orEmpty(selector.getMatchLabels()).entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .sorted()
                .collect(Collectors.joining(","));
    }

    static <V> Map<String, V> orEmpty(@Nullable Map<String, V> map) {
        return map == null ? Map.of() : map;
    }
}
