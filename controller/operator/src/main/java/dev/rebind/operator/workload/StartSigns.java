package dev.rebind.operator.workload;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Kubernetes says about a new container that has not started yet. A call that fails throws a {@link
 * io.fabric8.kubernetes.client.KubernetesClientException}.
 */
interface StartSigns {
    /**
     * Returns {@link System#nanoTime()} without the outages that calls of this object have waited out, see {@link
     * dev.rebind.agent.Agent#answeringNanos}.
     */
    default long answeringNanos() {
        return System.nanoTime();
    }

    /** Returns the present state of the target's pod; null if the pod is gone. */
    @Nullable
    Pod pod(TargetPod target);

    /** Returns the pods of the target's workload that are not in {@code known} and are not being deleted. */
    List<Pod> newPods(TargetPod target, Set<String> known);

    /**
     * Returns the conditions of the target's Deployment about its present template. Empty while Kubernetes has not
     * observed that template yet, and for a workload of another kind.
     */
    List<DeploymentCondition> rollout(TargetPod target);
}
