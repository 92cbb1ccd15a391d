package dev.rebind.operator.run;

import dev.rebind.operator.resource.RebindExperiment;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.jspecify.annotations.Nullable;

/** What a run needs of the API server for its own resource. Each call that fails is a {@link io.fabric8.kubernetes.client.KubernetesClientException}. */
interface ExperimentApi {
    /**
     * Replaces the status; refused with 409 where the resource was changed since it was read.
     *
     * @return the resource as it is now
     */
    RebindExperiment writeStatus(RebindExperiment resource);

    /** Null where there is none of that name. */
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
