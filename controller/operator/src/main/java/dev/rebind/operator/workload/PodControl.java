package dev.rebind.operator.workload;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Observes and changes the pods of a target's workload. A call that fails throws a {@link
 * io.fabric8.kubernetes.client.KubernetesClientException}.
 */
interface PodControl extends ToggleMap, StartSigns {
    /** Evicts the pod as soon as its PodDisruptionBudget permits, or deletes the pod if the experiment says so. */
    void evict(TargetPod target) throws InterruptedException;

    /**
     * Changes the pod template of the target's workload. Kubernetes then replaces the pods by the workload's own
     * strategy.
     *
     * @param at the moment to write into the template; a second write of the same moment changes nothing
     */
    void rollOut(TargetPod target, Instant at);

    /** Runs a command in the target's container and waits for its end. */
    void exec(TargetPod target, String... command) throws InterruptedException;

    /** Returns the uids of all pods of the target's workload. */
    Set<String> pods(TargetPod target);

    /**
     * Returns the new pod that takes the target's place; null while there is none with an address.
     *
     * @param known uids of the workload's earlier pods, which do not count
     */
    @Nullable
    TargetPod successor(TargetPod target, Set<String> known);

    /** Returns access to the EndpointSlices of a Service in the target's namespace. */
    EndpointLooks.Source endpoints(TargetPod target, String service);

    /** Reports that the target's own setting was not restored. */
    void notRestored(TargetPod target, String why);
}
