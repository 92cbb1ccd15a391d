package dev.rebind.operator.workload;

import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jspecify.annotations.Nullable;

/**
 * What a toggle's key had before an experiment changed it, kept where another controller finds it. It is written before
 * the key is, so that whoever comes after a death at any moment can give the key its value back.
 */
public interface ToggleBackup {
    /** @param value null where the key was not there */
    record Value(String configMap, String key, @Nullable String value) {}

    /** Null while the key has its own value. */
    @Nullable
    Value value();

    /** @throws KubernetesClientException when it could not be kept, or this controller has lost the experiment: the key must not be changed */
    void keep(Value value);
}
