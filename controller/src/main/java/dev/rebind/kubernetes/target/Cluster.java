package dev.rebind.kubernetes.target;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.kubernetes.target.Target.Toggle;
import dev.rebind.kubernetes.target.Targets.Lookup;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done to a target through the API server. Each call that fails is a {@link KubernetesClientException}. */
public final class Cluster {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final Duration BETWEEN_EVICTIONS = Duration.ofSeconds(2);
    /** How long a PodDisruptionBudget is respected before the cycle is given up. */
    private static final int EVICTIONS = 60;

    private final KubernetesClient client;
    private final Targets targets;
    private final ExperimentSpec spec;

    public Cluster(KubernetesClient client, ExperimentSpec spec) {
        this.client = client;
        this.targets = new Targets(client);
        this.spec = spec;
    }

    /** What the target's fresh containers are told now; null where they are told nothing. */
    @Nullable
    Boolean toggle(Target target) {
        Toggle toggle = target.toggle();
        if (toggle == null) {
            return null;
        }
        ConfigMap map = client.configMaps()
                .inNamespace(target.namespace())
                .withName(toggle.configMap())
                .get();
        String value =
                map == null || map.getData() == null ? null : map.getData().get(toggle.key());
        return value == null ? null : Boolean.valueOf(value);
    }

    /** Tells them another value. */
    void toggle(Target target, boolean reuseAddress) {
        Toggle toggle = target.toggle();
        if (toggle == null) {
            return;
        }
        client.configMaps()
                .inNamespace(target.namespace())
                .withName(toggle.configMap())
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"data\":{\"" + toggle.key() + "\":\"" + reuseAddress + "\"}}");
    }

    /** Ends the pod as its PodDisruptionBudget allows. */
    void evict(Target target) throws InterruptedException {
        var pod = client.pods().inNamespace(target.namespace()).withName(target.pod());
        for (int tries = 1; ; tries++) {
            try {
                pod.evict();
                return;
            } catch (KubernetesClientException e) {
                if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                    return;
                }
                if (e.getCode() != TOO_MANY_REQUESTS || tries == EVICTIONS) {
                    throw e;
                }
            }
            Thread.sleep(BETWEEN_EVICTIONS);
        }
    }

    /** The pod that has come in its place; null while there is none that has an address. */
    @Nullable
    Target successor(Target target) {
        return switch (targets.find(target.namespace(), spec)) {
            case Lookup.Found(Target found) -> found.podUid().equals(target.podUid()) ? null : found;
            case Lookup.Refused _ -> null;
        };
    }

    void notRestored(Target target, String why) {
        LOG.warn("{} was not given back its own setting: {}", target, why);
    }
}
