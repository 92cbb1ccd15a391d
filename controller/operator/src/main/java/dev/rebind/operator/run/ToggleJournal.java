package dev.rebind.operator.run;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A journal of the values that toggles' keys had before experiments changed them. The journal outlives the experiments.
 * So no experiment needs a finalizer, and Rebind never blocks the deletion of a resource, a namespace or the
 * CustomResourceDefinition. A call that fails throws a {@link KubernetesClientException}. Safe for several threads.
 */
interface ToggleJournal {
    /**
     * The former value of one key.
     *
     * @param experiment the experiment that changed the key
     * @param configMap name of the ConfigMap, in the experiment's namespace
     * @param mapUid uid of the ConfigMap, so that a new ConfigMap of the same name, which no experiment has changed, is
     *     left alone; null if there was no ConfigMap
     * @param value the value that the key had; null if there was no such key
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
