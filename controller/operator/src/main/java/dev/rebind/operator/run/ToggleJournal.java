package dev.rebind.operator.run;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A journal of the values that toggles' keys had before experiments changed them. The journal outlives the experiments. So
 * no experiment needs a finalizer, and Rebind never blocks the deletion of a resource, a namespace or the
 * CustomResourceDefinition. Each call that fails is a {@link KubernetesClientException}. Safe for several threads.
 */
interface ToggleJournal {
    /**
     * @param experiment that changed the key
     * @param configMap name of the ConfigMap, in the experiment's namespace
     * @param mapUid uid of the ConfigMap, because a ConfigMap that was created again has never been changed. Null if there
     *     was none
     * @param value that the key had; null if there was no such key
     */
    record Entry(
            ExperimentKey experiment,
            String configMap,
            @Nullable String mapUid,
            String key,
            @Nullable String value) {}

    /** Keeps an entry. An experiment has at most one. */
    void add(Entry entry);

    /** Removes the entry of an experiment, if there is one. */
    void remove(String experimentUid);

    List<Entry> entries();
}
