package dev.rebind.operator;

import dev.rebind.operator.resource.RebindExperiment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.net.HttpURLConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The finalizer that controllers before this one set. No experiment has one any more. */
final class FormerFinalizer {
    private static final Logger LOG = LoggerFactory.getLogger(FormerFinalizer.class);
    private static final String NAME = "rebindexperiments.rebind.dev/finalizer";

    private FormerFinalizer() {}

    /** @throws KubernetesClientException when it cannot be taken away; not when the experiment has gone */
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

    /** Takes it from experiments that are deleted already, of which the reconciler is not told. */
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
                // The informer goes on meanwhile.
                Thread.ofVirtual().name("former-finalizer").start(() -> {
                    try {
                        remove(client, resource);
                    } catch (KubernetesClientException e) {
                        LOG.warn(
                                "The finalizer of {}, which an earlier controller set, cannot be taken away: {}",
                                resource.getMetadata().getName(),
                                e.getMessage());
                    }
                });
            }
        };
    }
}
