package dev.rebind.operator.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the experiments that an informer hears of, without what nobody asks the cache for: as trees of JSON, the managed
 * fields and the records of hundreds of experiments take more memory than all else. A status is written with what the API
 * server has of the managed fields, since a write without them leaves them as they are. Safe for several threads.
 */
public final class ExperimentCache extends BasicItemStore<RebindExperiment> {
    private final boolean records;

    private ExperimentCache(boolean records) {
        super(Cache::metaNamespaceKeyFunc);
        this.records = records;
    }

    /** For runs, which go on from the records of the status. */
    public static ExperimentCache withRecords() {
        return new ExperimentCache(true);
    }

    /** For readers of the counts. */
    public static ExperimentCache withoutRecords() {
        return new ExperimentCache(false);
    }

    @Override
    public @Nullable RebindExperiment put(String key, RebindExperiment resource) {
        resource.getMetadata().setManagedFields(null);
        if (!records && resource.getStatus() instanceof ObjectNode status) {
            status.remove("records");
        }
        return super.put(key, resource);
    }
}
