package dev.rebind.operator.run;

import dev.rebind.operator.workload.ToggleBackup;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jspecify.annotations.Nullable;

/** The keys that one experiment changes. Each call that fails is a {@link KubernetesClientException}. */
interface Toggles {
    /** Keeps what a key has, where it outlives the experiment. */
    void remember(ToggleBackup.Value value);

    /** Nothing of this experiment is to be given back any more. */
    void forget();

    /** Gives a key this value; null takes the key away. */
    void set(String configMap, String key, @Nullable String value);
}
