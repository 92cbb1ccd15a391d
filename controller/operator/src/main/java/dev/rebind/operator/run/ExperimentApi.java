package dev.rebind.operator.run;

import dev.rebind.operator.resource.RebindExperiment;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.jspecify.annotations.Nullable;

/**
 * The calls to the API server that a run needs for its own resource. Each call that fails throws a {@link
 * io.fabric8.kubernetes.client.KubernetesClientException}.
 */
interface ExperimentApi {
    /**
     * Replaces the status. Fails with HTTP status 409 if the resource has changed since it was read.
     *
     * @return the resource after the write
     */
    RebindExperiment writeStatus(RebindExperiment resource);

    /** Returns the resource; null if there is none of that name. */
    @Nullable
    RebindExperiment read(String namespace, String name);

    static ExperimentApi of(KubernetesClient client) {
        return new ExperimentApi() {
            @Override
            public RebindExperiment writeStatus(RebindExperiment resource) {
                return client.resource(resource).updateStatus();
            }

            @Override
            public @Nullable RebindExperiment read(String namespace, String name) {
                return client.resources(RebindExperiment.class)
                        .inNamespace(namespace)
                        .withName(name)
                        .get();
            }
        };
    }
}
