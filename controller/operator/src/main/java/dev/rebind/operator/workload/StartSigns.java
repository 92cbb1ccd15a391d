package dev.rebind.operator.workload;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Kubernetes says of a new container on its way. Each call that fails throws a {@link
 * io.fabric8.kubernetes.client.KubernetesClientException}.
 */
interface StartSigns {
    /** As {@link dev.rebind.agent.Agent#answeringNanos}, for the outages that calls here have waited out. */
    default long answeringNanos() {
        return System.nanoTime();
    }

    /** The present state of the target's pod; null if it is gone. */
    @Nullable
    Pod pod(TargetPod target);

    /** The pods of the target's workload that are not among those and are not being deleted. */
    List<Pod> newPods(TargetPod target, Set<String> known);

    /**
     * What the target's Deployment says of its present template. Empty while it has not looked at that yet, and for a workload
     * of another kind.
     */
    List<DeploymentCondition> rollout(TargetPod target);
}
