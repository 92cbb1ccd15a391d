package dev.rebind.operator.workload;

import dev.rebind.operator.workload.TargetPod.Toggle;
import org.jspecify.annotations.Nullable;

/** The ConfigMaps that toggles are in. Each call that fails is a {@link io.fabric8.kubernetes.client.KubernetesClientException}. */
interface ToggleMap {
    /** The value of a toggle's key now; null where there is no such key. */
    @Nullable
    String value(String namespace, Toggle toggle);

    /** Sets a key of a ConfigMap; null takes the key away. */
    void set(String namespace, String configMap, String key, @Nullable String value);
}
