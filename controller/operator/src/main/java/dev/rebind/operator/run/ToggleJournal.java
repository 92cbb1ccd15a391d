package dev.rebind.operator.run;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What toggles' keys had before experiments changed them, kept where it outlives the experiments. So no experiment needs a
 * finalizer, and nothing of Rebind's ever keeps a resource, a namespace or the CustomResourceDefinition from being deleted.
 * Each call that fails is a {@link KubernetesClientException}. Safe for several threads.
 */
interface ToggleJournal {
    /**
     * @param experiment that changed the key
     * @param configMap name of the ConfigMap, in the experiment's namespace
     * @param mapUid of the ConfigMap: one that was made anew has never been changed. Null where there was none
     * @param value that the key had; null where the key was not there
     */
    record Entry(
            ExperimentKey experiment,
            String configMap,
            @Nullable String mapUid,
            String key,
            @Nullable String value) {}

    /** Keeps an entry; an experiment has one at most. */
    void add(Entry entry);

    /** Takes the entry of an experiment away; nothing where there is none. */
    void remove(String experimentUid);

    List<Entry> entries();
}
