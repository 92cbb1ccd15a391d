package dev.rebind.operator.run;

import dev.rebind.operator.workload.ToggleBackup;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jspecify.annotations.Nullable;

/** The keys that one experiment changes. Each call that fails is a {@link KubernetesClientException}. */
interface Toggles {
    /** Keeps the present value of a key in a place that outlives the experiment. */
    void remember(ToggleBackup.Value value);

    /** This experiment has nothing to restore any more. */
    void forget();

    /** Sets a key; null removes it. */
    void set(String configMap, String key, @Nullable String value);
}
