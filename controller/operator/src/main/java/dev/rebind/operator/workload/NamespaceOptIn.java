package dev.rebind.operator.workload;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The label by which a namespace allows experiments. Rebind restarts nothing in a namespace without this label. */
final class NamespaceOptIn {
    static final String LABEL = "rebind.dev/experiments";
    static final String VALUE = "allowed";

    private NamespaceOptIn() {}

    /**
     * Whether a namespace with these labels allows experiments.
     *
     * @param labels the labels of the namespace; null if it has none or does not exist
     */
    static boolean allows(@Nullable Map<String, String> labels) {
        return VALUE.equals(ObjectLabels.orEmpty(labels).get(LABEL));
    }
}
