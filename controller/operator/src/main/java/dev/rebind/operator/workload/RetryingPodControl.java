package dev.rebind.operator.workload;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Repeats calls until the API server answers. If the answer to an order was lost, it repeats the order only if the pod
 * shows that the order had no effect, so that no cycle has two restarts.
 */
final class RetryingPodControl implements PodControl {
    private final PodControl pods;
    private final ApiOutage outage;

    RetryingPodControl(PodControl pods) {
        this(pods, ApiOutage.PAUSE);
    }

    RetryingPodControl(PodControl pods, Duration pause) {
        this.pods = pods;
        this.outage = new ApiOutage(pause);
    }

    @Override
    public long answeringNanos() {
        return outage.answeringNanos();
    }

    /** Does not repeat these calls, because the next look comes soon. */
    @Override
    public EndpointLooks.Source endpoints(TargetPod target, String service) {
        return pods.endpoints(target, service);
    }

    @Override
    public void evict(TargetPod target) throws InterruptedException {
        while (true) {
            long asked = System.nanoTime();
            try {
                pods.evict(target);
                return;
            } catch (KubernetesClientException e) {
                outage.await(e, asked);
            }
            Pod now = pod(target);
            if (now == null || now.getMetadata().getDeletionTimestamp() != null) {
                return;
            }
        }
    }

    /** Repeats the call, which is safe because a second write of the same moment changes nothing. */
    @Override
    public void rollOut(TargetPod target, Instant at) {
        outage.answerOf(() -> {
            pods.rollOut(target, at);
            return target;
        });
    }

    @Override
    public void exec(TargetPod target, String... command) throws InterruptedException {
        Pod before = pod(target);
        while (true) {
            long asked = System.nanoTime();
            try {
                pods.exec(target, command);
                return;
            } catch (KubernetesClientException e) {
                outage.await(e, asked);
            }
            Pod now = pod(target);
            if (before == null || now == null || !newest(now, target).equals(newest(before, target))) {
                return;
            }
        }
    }

    private static ObservedContainer newest(Pod pod, TargetPod target) {
        return ObservedContainer.newest(pod, target.container());
    }

    @Override
    public @Nullable Pod pod(TargetPod target) {
        return outage.<@Nullable Pod>answerOf(() -> pods.pod(target));
    }

    @Override
    public Set<String> pods(TargetPod target) {
        return outage.answerOf(() -> pods.pods(target));
    }

    @Override
    public @Nullable TargetPod successor(TargetPod target, Set<String> known) {
        return outage.<@Nullable TargetPod>answerOf(() -> pods.successor(target, known));
    }

    @Override
    public List<Pod> newPods(TargetPod target, Set<String> known) {
        return outage.answerOf(() -> pods.newPods(target, known));
    }

    @Override
    public List<DeploymentCondition> rollout(TargetPod target) {
        return outage.answerOf(() -> pods.rollout(target));
    }

    @Override
    public void notRestored(TargetPod target, String why) {
        pods.notRestored(target, why);
    }

    @Override
    public @Nullable String value(String namespace, TargetPod.Toggle toggle) {
        return outage.<@Nullable String>answerOf(() -> pods.value(namespace, toggle));
    }

    @Override
    public @Nullable Instant changed(String namespace, TargetPod.Toggle toggle) {
        return outage.<@Nullable Instant>answerOf(() -> pods.changed(namespace, toggle));
    }

    @Override
    public void set(String namespace, String configMap, String key, @Nullable String value) {
        outage.answerOf(() -> {
            pods.set(namespace, configMap, key, value);
            return key;
        });
    }
}
