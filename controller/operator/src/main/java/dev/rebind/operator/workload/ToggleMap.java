package dev.rebind.operator.workload;

import dev.rebind.operator.workload.TargetPod.Toggle;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Access to the ConfigMaps of toggles. A call that fails throws a {@link
 * io.fabric8.kubernetes.client.KubernetesClientException}.
 */
interface ToggleMap {
    /** Returns the present value of a toggle's key; null if there is no such key. */
    @Nullable
    String value(String namespace, Toggle toggle);

    /**
     * Returns when the key last got its value, to a second; null if not known. A container that started earlier may
     * have read another value.
     */
    @Nullable
    Instant changed(String namespace, Toggle toggle);

    /** Sets a key of a ConfigMap; null removes the key. Fails if the ConfigMap does not exist. */
    void set(String namespace, String configMap, String key, @Nullable String value);
}
