package dev.rebind.operator.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the experiments that an informer receives, without the parts that no reader of the cache needs. As JSON trees,
 * the managed fields and records of hundreds of experiments take more memory than everything else. A status that is
 * written without managed fields leaves those at the API server as they are. Safe for several threads.
 */
public final class ExperimentCache extends BasicItemStore<RebindExperiment> {
    private final boolean records;

    private ExperimentCache(boolean records) {
        super(Cache::metaNamespaceKeyFunc);
        this.records = records;
    }

    /** Returns a cache for runs, which continue from the records in the status. */
    public static ExperimentCache withRecords() {
        return new ExperimentCache(true);
    }

    /** Returns a cache for readers that need only the counts. */
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
