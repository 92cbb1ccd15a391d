package dev.rebind.operator;

import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.workload.FailedCall;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.net.HttpURLConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes the finalizer that earlier versions of the controller set. This version sets none. */
final class LegacyFinalizer {
    private static final Logger LOG = LoggerFactory.getLogger(LegacyFinalizer.class);
    private static final String NAME = "rebindexperiments.rebind.dev/finalizer";

    private LegacyFinalizer() {}

    /**
     * Removes the finalizer, if the experiment has it. Does nothing if the experiment is gone.
     *
     * @throws KubernetesClientException when the finalizer cannot be removed
     */
    static void remove(KubernetesClient client, RebindExperiment resource) {
        if (!resource.hasFinalizer(NAME)) {
            return;
        }
        try {
            var _ = client.resource(resource).edit(fresh -> {
                fresh.removeFinalizer(NAME);
                return fresh;
            });
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
        }
    }

    /**
     * Returns a handler that removes the finalizer from experiments that are already being deleted. The reconciler gets
     * no event for these.
     */
    static ResourceEventHandler<RebindExperiment> ofDeleted(KubernetesClient client) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(RebindExperiment resource) {
                seen(resource);
            }

            @Override
            public void onUpdate(RebindExperiment before, RebindExperiment now) {
                seen(now);
            }

            @Override
            public void onDelete(RebindExperiment resource, boolean stale) {}

            private void seen(RebindExperiment resource) {
                if (resource.getMetadata().getDeletionTimestamp() == null || !resource.hasFinalizer(NAME)) {
                    return;
                }
                // The removal has a thread of its own, so that the informer can continue.
                Thread.ofVirtual().name("former-finalizer").start(() -> {
                    try {
                        remove(client, resource);
                    } catch (KubernetesClientException e) {
                        LOG.warn(
                                "The finalizer of {}, which an earlier controller set, cannot be removed: {}",
                                resource.getMetadata().getName(),
                                FailedCall.why(e));
                    }
                });
            }
        };
    }
}
