package dev.rebind.operator.workload;

import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jspecify.annotations.Nullable;

/**
 * Stores the former value of a toggle's key where another controller finds it. The value is stored before the key
 * changes, so that another controller can restore it after a death at any moment.
 */
public interface ToggleBackup {
    /** @param value null if the key did not exist */
    record Value(String configMap, String key, @Nullable String value) {}

    /** The stored value; null while the key has its own value. */
    @Nullable
    Value value();

    /**
     * @throws KubernetesClientException when the value could not be stored, or this controller has lost the experiment:
     *     then the key must not change
     */
    void keep(Value value);
}
