package dev.rebind.operator.workload;

import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jspecify.annotations.Nullable;

/**
 * Stores the former value of a toggle's key where another controller finds it. A controller stores the value before it
 * changes the key, so that another controller can restore the key if the first one dies at any moment.
 */
public interface ToggleBackup {
    /**
     * The value that a key had before the experiment changed it.
     *
     * @param value null if the key did not exist
     */
    record Value(String configMap, String key, @Nullable String value) {}

    /** Returns the stored value; null while the key has its own value. */
    @Nullable
    Value value();

    /**
     * Stores the value.
     *
     * @throws KubernetesClientException when the value could not be stored, or this controller has lost the experiment;
     *     the caller must then not change the key
     */
    void keep(Value value);
}
