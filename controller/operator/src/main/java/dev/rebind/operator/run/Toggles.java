package dev.rebind.operator.run;

import dev.rebind.operator.workload.ToggleBackup;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jspecify.annotations.Nullable;

/** Changes the ConfigMap keys of one experiment. A call that fails throws a {@link KubernetesClientException}. */
interface Toggles {
    /** Keeps the former value of a key in a journal that outlives the experiment. */
    void remember(ToggleBackup.Value value);

    /** Removes the experiment's entry from the journal, because the experiment has nothing more to restore. */
    void forget();

    /** Sets a key; null removes it. */
    void set(String configMap, String key, @Nullable String value);
}
