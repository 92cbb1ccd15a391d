package dev.rebind.operator.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.rebind.operator.workload.ClusterPodControl;
import dev.rebind.operator.workload.FailedCall;
import dev.rebind.record.Json;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the journal in a ConfigMap of the controller's own namespace. Each experiment has one key there, named by its
 * uid. The Helm release installs the ConfigMap empty. The controller needs the rights to get and to patch it.
 */
final class ConfigMapToggleJournal implements ToggleJournal {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigMapToggleJournal.class);

    private final KubernetesClient client;
    private final String namespace;
    private final String name;

    ConfigMapToggleJournal(KubernetesClient client, String namespace, String name) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
    }

    @Override
    public void add(Entry entry) {
        patch(entry.experiment().uid(), Json.mapper().valueToTree(entry).toString());
    }

    @Override
    public void remove(String experimentUid) {
        patch(experimentUid, null);
    }

    private void patch(String uid, @Nullable String text) {
        try {
            ClusterPodControl.patch(client, namespace, name, uid, text);
        } catch (KubernetesClientException e) {
            throw new KubernetesClientException(
                    "ConfigMap " + name + " in namespace " + namespace
                            + ", which keeps what toggles had before, cannot be written (helm upgrade brings it back"
                            + " where it is missing): " + FailedCall.why(e),
                    e);
        }
    }

    @Override
    public List<Entry> entries() {
        ConfigMap map =
                client.configMaps().inNamespace(namespace).withName(name).get();
        Map<String, String> data = map == null || map.getData() == null ? Map.of() : map.getData();
        var entries = new ArrayList<Entry>();
        data.forEach((uid, text) -> {
            try {
                entries.add(Json.mapper().readValue(text, Entry.class));
            } catch (JsonProcessingException e) {
                LOG.warn(
                        "ConfigMap {}: the entry {} was not written by Rebind, and is left alone: {}",
                        name,
                        uid,
                        e.getOriginalMessage());
            }
        });
        return entries;
    }
}
