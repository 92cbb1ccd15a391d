package dev.rebind.operator.run;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** In memory. */
final class FakeToggleJournal implements ToggleJournal {
    /** Whether nothing can be taken away. */
    volatile boolean refuses;

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    @Override
    public synchronized void add(Entry entry) {
        entries.put(entry.experiment().uid(), entry);
    }

    @Override
    public synchronized void remove(String experimentUid) {
        if (refuses) {
            throw new KubernetesClientException("configmaps is forbidden");
        }
        entries.remove(experimentUid);
    }

    @Override
    public synchronized List<Entry> entries() {
        return List.copyOf(entries.values());
    }
}
