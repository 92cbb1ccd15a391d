package dev.rebind.operator.workload;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is done to the pods of a target's workload. Each call that fails is a {@link io.fabric8.kubernetes.client.KubernetesClientException}. */
interface PodControl extends ToggleMap {
    /** Ends the pod, as its PodDisruptionBudget allows unless the experiment says otherwise. */
    void evict(TargetPod target) throws InterruptedException;

    /**
     * Changes the template of the target's workload, whose controller then replaces the pods by its own strategy.
     *
     * @param at stands in the template; the same one again changes nothing
     */
    void rollOut(TargetPod target, Instant at);

    /** Runs a command in the target's container until it has ended. */
    void exec(TargetPod target, String... command) throws InterruptedException;

    /** The target's pod as it is now; null where it has gone. */
    @Nullable
    Pod pod(TargetPod target);

    /** The uids of all pods of the target's workload. */
    Set<String> pods(TargetPod target);

    /** The pod that has come beside those; null while there is none that has an address. */
    @Nullable
    TargetPod successor(TargetPod target, Set<String> known);

    /** Tells that the target was not given back its own setting. */
    void notRestored(TargetPod target, String why);
}
