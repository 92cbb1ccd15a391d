package dev.rebind.operator.workload;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Repeats calls until the API server answers. If the answer to an order was lost, the order is repeated only if it visibly
 * had no effect, so that no cycle has two restarts.
 */
final class RetryingPodControl implements PodControl {
    private final PodControl pods;
    private final Duration pause;
    private final AtomicLong outage = new AtomicLong();

    RetryingPodControl(PodControl pods) {
        this(pods, ApiOutage.PAUSE);
    }

    RetryingPodControl(PodControl pods, Duration pause) {
        this.pods = pods;
        this.pause = pause;
    }

    @Override
    public long answeringNanos() {
        return System.nanoTime() - outage.get();
    }

    private <T extends @Nullable Object> T waitOut(Supplier<T> call) {
        while (true) {
            long asked = System.nanoTime();
            try {
                return call.get();
            } catch (KubernetesClientException e) {
                await(e, asked);
            }
        }
    }

    /** @param asked when the call that failed began */
    private void await(KubernetesClientException failure, long asked) {
        ApiOutage.await(failure, pause);
        outage.addAndGet(System.nanoTime() - asked);
    }

    /** The next look comes soon, so that none is repeated. */
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
                await(e, asked);
            }
            Pod now = pod(target);
            if (now == null || now.getMetadata().getDeletionTimestamp() != null) {
                return;
            }
        }
    }

    /** A repetition with the same moment changes nothing. */
    @Override
    public void rollOut(TargetPod target, Instant at) {
        waitOut(() -> {
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
                await(e, asked);
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
        return this.<@Nullable Pod>waitOut(() -> pods.pod(target));
    }

    @Override
    public Set<String> pods(TargetPod target) {
        return waitOut(() -> pods.pods(target));
    }

    @Override
    public @Nullable TargetPod successor(TargetPod target, Set<String> known) {
        return this.<@Nullable TargetPod>waitOut(() -> pods.successor(target, known));
    }

    @Override
    public List<Pod> newPods(TargetPod target, Set<String> known) {
        return waitOut(() -> pods.newPods(target, known));
    }

    @Override
    public List<DeploymentCondition> rollout(TargetPod target) {
        return waitOut(() -> pods.rollout(target));
    }

    @Override
    public void notRestored(TargetPod target, String why) {
        pods.notRestored(target, why);
    }

    @Override
    public @Nullable String value(String namespace, TargetPod.Toggle toggle) {
        return this.<@Nullable String>waitOut(() -> pods.value(namespace, toggle));
    }

    @Override
    public @Nullable Instant changed(String namespace, TargetPod.Toggle toggle) {
        return this.<@Nullable Instant>waitOut(() -> pods.changed(namespace, toggle));
    }

    @Override
    public void set(String namespace, String configMap, String key, @Nullable String value) {
        waitOut(() -> {
            pods.set(namespace, configMap, key, value);
            return key;
        });
    }
}
