package dev.rebind.operator.run;

import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.record.Json;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One experiment at an API server with its compare-and-set. Like the real client, it does nothing for an interrupted thread. */
final class FakeExperimentApi implements ExperimentApi {
    private @Nullable RebindExperiment stored;
    private final CopyOnWriteArrayList<ExperimentStatus> written = new CopyOnWriteArrayList<>();
    /** What happens before a status is stored; it may throw as the API server's client does. */
    volatile Before before = _ -> {};

    @FunctionalInterface
    interface Before {
        void write(ExperimentStatus status);
    }

    FakeExperimentApi(ExperimentKey key, String spec) {
        var resource = new RebindExperiment();
        resource.setMetadata(new ObjectMetaBuilder()
                .withNamespace(key.namespace())
                .withName(key.name())
                .withUid(key.uid())
                .withGeneration(1L)
                .withResourceVersion("1")
                .build());
        try {
            resource.setSpec(Json.mapper().readTree(spec));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(spec, e);
        }
        stored = resource;
    }

    /** All statuses that were stored, in their order. */
    CopyOnWriteArrayList<ExperimentStatus> written() {
        return written;
    }

    synchronized RebindExperiment resource() {
        RebindExperiment now = stored;
        if (now == null) {
            throw new AssertionError("the experiment was deleted");
        }
        return now;
    }

    ExperimentStatus status() {
        return StatusJson.of(resource());
    }

    synchronized void delete() {
        stored = null;
    }

    /** Somebody else writes this status. */
    synchronized void put(ExperimentStatus status) {
        store(resource(), status);
    }

    @Override
    public RebindExperiment writeStatus(RebindExperiment resource) {
        ExperimentStatus status = StatusJson.of(resource);
        before.write(status);
        if (Thread.currentThread().isInterrupted()) {
            throw new KubernetesClientException("interrupted");
        }
        synchronized (this) {
            RebindExperiment now = stored;
            if (now == null) {
                throw new KubernetesClientException("not found", 404, null);
            }
            if (!now.getMetadata()
                    .getResourceVersion()
                    .equals(resource.getMetadata().getResourceVersion())) {
                throw new KubernetesClientException("the object has been modified", 409, null);
            }
            RebindExperiment fresh = store(now, status);
            written.add(status);
            return fresh;
        }
    }

    private RebindExperiment store(RebindExperiment now, ExperimentStatus status) {
        var fresh = new RebindExperiment();
        fresh.setMetadata(new ObjectMetaBuilder(now.getMetadata())
                .withResourceVersion(
                        Integer.toString(Integer.parseInt(now.getMetadata().getResourceVersion()) + 1))
                .build());
        fresh.setSpec(now.getSpec());
        fresh.setStatus(StatusJson.write(status));
        stored = fresh;
        return fresh;
    }

    @Override
    public synchronized @Nullable RebindExperiment read(String namespace, String name) {
        return stored;
    }
}
