package dev.rebind.operator.workload;

import dev.rebind.operator.workload.TargetPod.WorkloadId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import org.jspecify.annotations.Nullable;

/**
 * A Deployment, StatefulSet or DaemonSet.
 *
 * @param selector the selector of its pods
 * @param replicas how many pods it should have; null if not known
 */
record Workload(
        WorkloadId id, LabelSelector selector, @Nullable Integer replicas) {
    /**
     * Reads the id, selector and replicas of a workload.
     *
     * @throws IllegalArgumentException for an object of another kind
     */
    static Workload of(HasMetadata workload) {
        LabelSelector selector = switch (workload) {
            case Deployment deployment -> deployment.getSpec().getSelector();
            case StatefulSet set -> set.getSpec().getSelector();
            case DaemonSet set -> set.getSpec().getSelector();
            default -> throw new IllegalArgumentException(workload.getKind());
        };
        return new Workload(id(workload), selector, replicas(workload));
    }

    private static @Nullable Integer replicas(HasMetadata workload) {
        return switch (workload) {
            case Deployment deployment -> deployment.getSpec().getReplicas();
            case StatefulSet set -> set.getSpec().getReplicas();
            case DaemonSet set ->
                set.getStatus() == null ? null : set.getStatus().getDesiredNumberScheduled();
            default -> null;
        };
    }

    /** Returns the id of a workload or of a bare pod. */
    static WorkloadId id(HasMetadata workload) {
        return new WorkloadId(
                workload.getKind(),
                workload.getMetadata().getName(),
                workload.getMetadata().getUid());
    }

    String name() {
        return id.toString();
    }
}
