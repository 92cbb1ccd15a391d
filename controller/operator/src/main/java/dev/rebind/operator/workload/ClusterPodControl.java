package dev.rebind.operator.workload;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.operator.workload.TargetPod.Toggle;
import dev.rebind.record.Json;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Observes and changes a target through the API server. A call that fails throws a {@link KubernetesClientException}.
 */
public final class ClusterPodControl implements PodControl {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterPodControl.class);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final Duration BETWEEN_EVICTIONS = Duration.ofSeconds(2);
    /** The number of tries to evict a pod. After that many refusals by a PodDisruptionBudget the cycle fails. */
    private static final int EVICTIONS = 60;

    private static final Duration COMMAND = Duration.ofSeconds(15);
    /** An annotation of a workload's pod template. A new value makes Kubernetes replace the workload's pods. */
    static final String RESTARTED_AT = "rebind.dev/restartedAt";

    private final KubernetesClient client;
    private final TargetLookup targets;
    private final ExperimentSpec spec;
    /**
     * The pod that each new pod replaced, by uid. Two pods that are replaced at the same time must not have the same
     * successor.
     */
    private final Map<String, String> claims = new HashMap<>();

    /**
     * Creates the control for the workload of one experiment.
     *
     * @param targets finds the pod that takes the place of another one
     */
    public ClusterPodControl(KubernetesClient client, TargetLookup targets, ExperimentSpec spec) {
        this.client = client;
        this.targets = targets;
        this.spec = spec;
    }

    @Override
    public EndpointLooks.Source endpoints(TargetPod target, String service) {
        return new EndpointLooks.Source() {
            @Override
            public List<EndpointSlice> slices() {
                return client.discovery()
                        .v1()
                        .endpointSlices()
                        .inNamespace(target.namespace())
                        .withLabel("kubernetes.io/service-name", service)
                        .list()
                        .getItems();
            }

            @Override
            public @Nullable Pod pod(String name) {
                return client.pods()
                        .inNamespace(target.namespace())
                        .withName(name)
                        .get();
            }
        };
    }

    @Override
    public @Nullable String value(String namespace, Toggle toggle) {
        ConfigMap map = client.configMaps()
                .inNamespace(namespace)
                .withName(toggle.configMap())
                .get();
        return map == null || map.getData() == null ? null : map.getData().get(toggle.key());
    }

    /**
     * Returns when the key was last written, from managedFields, where the API server keeps who manages a field and
     * since when.
     */
    @Override
    public @Nullable Instant changed(String namespace, Toggle toggle) {
        ConfigMap map = client.configMaps()
                .inNamespace(namespace)
                .withName(toggle.configMap())
                .get();
        return map == null ? null : changed(map, toggle.key());
    }

    static @Nullable Instant changed(ConfigMap map, String key) {
        return map.getMetadata().getManagedFields().stream()
                .filter(entry -> entry.getTime() != null && manages(entry, key))
                .map(entry -> Instant.parse(entry.getTime()))
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    private static boolean manages(ManagedFieldsEntry entry, String key) {
        return entry.getFieldsV1() != null
                && entry.getFieldsV1().getAdditionalProperties().get("f:data") instanceof Map<?, ?> data
                && data.containsKey("f:" + key);
    }

    /** Sets a key of a ConfigMap; null removes the key. Fails if the ConfigMap does not exist, unless the key is to be removed. */
    @Override
    public void set(String namespace, String configMap, String key, @Nullable String value) {
        set(client, namespace, configMap, key, value);
    }

    /** Sets a key of a ConfigMap; null removes the key. Fails if the ConfigMap does not exist, unless the key is to be removed. */
    public static void set(
            KubernetesClient client, String namespace, String configMap, String key, @Nullable String value) {
        try {
            patch(client, namespace, configMap, key, value);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
            if (value != null) {
                throw new KubernetesClientException(
                        "there is no ConfigMap " + configMap + " in namespace " + namespace, e);
            }
        }
    }

    /** Changes one key of a ConfigMap; null removes the key. */
    public static void patch(
            KubernetesClient client, String namespace, String configMap, String key, @Nullable String value) {
        var patch = Json.mapper().createObjectNode();
        patch.putObject("data").put(key, value);
        client.configMaps()
                .inNamespace(namespace)
                .withName(configMap)
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
    }

    /** The uid of a ConfigMap; null if there is none of that name. */
    public static @Nullable String configMapUid(KubernetesClient client, String namespace, String configMap) {
        ConfigMap map =
                client.configMaps().inNamespace(namespace).withName(configMap).get();
        return map == null ? null : map.getMetadata().getUid();
    }

    @Override
    public void evict(TargetPod target) throws InterruptedException {
        var pod = client.pods().inNamespace(target.namespace()).withName(target.pod());
        if (spec.restart() != null && Boolean.TRUE.equals(spec.restart().ignoreDisruptionBudget())) {
            pod.delete();
            return;
        }
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

    @Override
    public void rollOut(TargetPod target, Instant at) {
        var patch = Json.mapper().createObjectNode();
        patch.putObject("spec")
                .putObject("template")
                .putObject("metadata")
                .putObject("annotations")
                .put(RESTARTED_AT, at.toString());
        PatchContext merge = PatchContext.of(PatchType.JSON_MERGE);
        var apps = client.apps();
        String name = target.workload().name();
        switch (target.workload().kind()) {
            case "Deployment" ->
                apps.deployments()
                        .inNamespace(target.namespace())
                        .withName(name)
                        .patch(merge, patch.toString());
            case "StatefulSet" ->
                apps.statefulSets()
                        .inNamespace(target.namespace())
                        .withName(name)
                        .patch(merge, patch.toString());
            case "DaemonSet" ->
                apps.daemonSets().inNamespace(target.namespace()).withName(name).patch(merge, patch.toString());
            default -> throw new IllegalStateException("a " + target.workload().kind() + " has no template");
        }
    }

    @Override
    public void exec(TargetPod target, String... command) throws InterruptedException {
        String shown = StopCommand.shown(List.of(command));
        var said = new OutputExcerpt();
        try (ExecWatch watch = client.pods()
                .inNamespace(target.namespace())
                .withName(target.pod())
                .inContainer(target.container())
                .writingOutput(said)
                .writingError(said)
                .exec(command)) {
            Integer code = watch.exitCode().get(COMMAND.toSeconds(), TimeUnit.SECONDS);
            // The exit code is 128 + a signal's number: the end of the main process also ended the command.
            if (code != null && code != 0 && code <= 128) {
                throw new KubernetesClientException(
                        shown + " in container " + target.container() + " ended with " + code + ": " + said.text());
            }
        } catch (ExecutionException e) {
            throw new KubernetesClientException(
                    shown + " could not be run in container " + target.container()
                            + " (it needs the right to create pods/exec: restartModes.exec.enabled): " + e.getCause(),
                    e);
        } catch (TimeoutException e) {
            // The end of the container shows whether the command had an effect.
            LOG.debug("{} in {}: no exit code within {} s", command[0], target, COMMAND.toSeconds());
        }
    }

    @Override
    public @Nullable Pod pod(TargetPod target) {
        Pod pod = client.pods()
                .inNamespace(target.namespace())
                .withName(target.pod())
                .get();
        return pod == null || !pod.getMetadata().getUid().equals(target.podUid()) ? null : pod;
    }

    @Override
    public Set<String> pods(TargetPod target) {
        return targets.uids(target.namespace(), spec);
    }

    @Override
    public synchronized @Nullable TargetPod successor(TargetPod target, Set<String> known) {
        TargetPod found = targets.other(target.namespace(), spec, pod -> {
            String uid = pod.getMetadata().getUid();
            String claimant = claims.get(uid);
            boolean free = claimant == null || claimant.equals(target.podUid());
            return free && !known.contains(uid) && takesThePlaceOf(target, pod);
        });
        if (found != null) {
            claims.put(found.podUid(), target.podUid());
        }
        return found;
    }

    @Override
    public List<Pod> newPods(TargetPod target, Set<String> known) {
        return targets.all(target.namespace(), spec).stream()
                .filter(pod -> !known.contains(pod.getMetadata().getUid()))
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    @Override
    public List<DeploymentCondition> rollout(TargetPod target) {
        if (!target.workload().kind().equals("Deployment")) {
            return List.of();
        }
        Deployment deployment = client.apps()
                .deployments()
                .inNamespace(target.namespace())
                .withName(target.workload().name())
                .get();
        return deployment == null ? List.of() : rollout(deployment);
    }

    static List<DeploymentCondition> rollout(Deployment deployment) {
        Long generation = deployment.getMetadata().getGeneration();
        DeploymentStatus status = deployment.getStatus();
        boolean current = status != null
                && generation != null
                && status.getObservedGeneration() != null
                && status.getObservedGeneration() >= generation;
        return current ? status.getConditions() : List.of();
    }

    private static boolean takesThePlaceOf(TargetPod target, Pod pod) {
        return switch (target.workload().kind()) {
            case "DaemonSet" ->
                pod.getSpec().getNodeName() != null
                        && pod.getSpec().getNodeName().equals(target.node());
            case "StatefulSet" -> pod.getMetadata().getName().equals(target.pod());
            default -> true;
        };
    }

    @Override
    public void notRestored(TargetPod target, String why) {
        LOG.warn("{}: its own setting was not restored: {}", target, why);
    }
}
