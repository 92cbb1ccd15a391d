package dev.rebind.operator.run;

import dev.rebind.operator.workload.ApiOutage;
import dev.rebind.operator.workload.ClusterPodControl;
import dev.rebind.operator.workload.ToggleBackup;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.jspecify.annotations.Nullable;

/** Changes keys of ConfigMaps in an experiment's namespace, and keeps the journal of their former values. */
record ClusterToggles(KubernetesClient client, ExperimentKey key, ToggleJournal journal) implements Toggles {
    @Override
    public void remember(ToggleBackup.Value value) {
        // A cycle depends on this call, so the call waits until the API server answers.
        var _ = ApiOutage.waitOut(() -> {
            var entry = new ToggleJournal.Entry(
                    key,
                    value.configMap(),
                    ClusterPodControl.configMapUid(client, key.namespace(), value.configMap()),
                    value.key(),
                    value.value());
            journal.add(entry);
            return entry;
        });
    }

    @Override
    public void forget() {
        journal.remove(key.uid());
    }

    @Override
    public void set(String configMap, String toggle, @Nullable String value) {
        ClusterPodControl.set(client, key.namespace(), configMap, toggle, value);
    }
}
