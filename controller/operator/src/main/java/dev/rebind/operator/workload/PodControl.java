package dev.rebind.operator.workload;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes to the pods of a target's workload. Each call that fails throws a {@link
 * io.fabric8.kubernetes.client.KubernetesClientException}.
 */
interface PodControl extends ToggleMap, StartSigns {
    /** Evicts the pod, as its PodDisruptionBudget permits, or deletes it if the experiment says so. */
    void evict(TargetPod target) throws InterruptedException;

    /**
     * Changes the template of the target's workload, whose controller then replaces the pods by its own strategy.
     *
     * @param at the moment that is written into the template; the same moment again changes nothing
     */
    void rollOut(TargetPod target, Instant at);

    /** Runs a command in the target's container and waits for its end. */
    void exec(TargetPod target, String... command) throws InterruptedException;

    /** The uids of all pods of the target's workload. */
    Set<String> pods(TargetPod target);

    /** A pod of the target's workload that is not among those; null while none of them has an address. */
    @Nullable
    TargetPod successor(TargetPod target, Set<String> known);

    /** What the EndpointSlices of a Service in the target's namespace say. */
    EndpointLooks.Source endpoints(TargetPod target, String service);

    /** Reports that the target's own setting was not restored. */
    void notRestored(TargetPod target, String why);
}
