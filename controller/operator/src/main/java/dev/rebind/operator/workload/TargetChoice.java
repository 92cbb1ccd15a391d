package dev.rebind.operator.workload;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.experiment.workload.Selection;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the pods that an experiment means, and refuses if that is not clear. {@link TargetResolution} makes targets
 * from the pods. Pure.
 */
final class TargetChoice {
    private TargetChoice() {}

    /** Returns the servers among the chart's workloads. */
    static List<Workload> servers(List<HasMetadata> workloads) {
        return workloads.stream()
                .filter(TargetChoice::isServer)
                .map(Workload::of)
                .toList();
    }

    /**
     * Chooses the only pod of a workload, or the pods that the experiment selects.
     *
     * @param pods all pods of the workload, including those that are being deleted
     * @param begun whether the experiment has held some of them before; if so, one of its own restarts may be half done
     * @param clients the pods of clients in the namespace, of any release
     * @param around what else is in the namespace
     */
    static LookupResult among(
            ExperimentSpec spec,
            Workload workload,
            List<Pod> pods,
            boolean begun,
            List<Pod> clients,
            TargetNamespace around) {
        boolean rollout = spec.restart() != null && spec.restart().mode() == Mode.rollout;
        List<Pod> here = begun && rollout ? ofNewestRollout(there(pods)) : there(pods);
        Selection selection = spec.selection();
        Integer replicas = workload.replicas();
        if (here.isEmpty()) {
            return TargetRefusals.noPod(workload);
        }
        if (selection == null && here.size() > 1) {
            return TargetRefusals.severalPods(workload, here);
        }
        if (selection != null && begun && replicas != null && here.size() < replicas) {
            return TargetRefusals.notAllPods(workload, here.size(), replicas);
        }
        int wanted = selection == null ? 1 : count(selection, here.size());
        if (wanted > here.size()) {
            return TargetRefusals.tooFewPods(workload, here.size(), wanted);
        }
        var targets = new ArrayList<TargetPod>();
        for (Pod pod : here.stream()
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .limit(wanted)
                .toList()) {
            switch (TargetResolution.of(
                    spec, workload.id(), ObjectLabels.text(workload.selector()), pod, clients, around)) {
                case LookupResult.Refused refused -> {
                    return refused;
                }
                case LookupResult.Found found -> targets.addAll(found.targets());
            }
        }
        return new LookupResult.Found(targets);
    }

    /** Returns the pods that are not being deleted and have not failed. */
    private static List<Pod> there(List<Pod> pods) {
        return pods.stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> pod.getStatus() == null
                        || !"Failed".equals(pod.getStatus().getPhase()))
                .toList();
    }

    /**
     * Returns the pods of the newest rollout that an experiment made, or all pods if there was no such rollout. A
     * controller that died during a rollout left pods of two templates, and the experiment continues with the new ones.
     */
    private static List<Pod> ofNewestRollout(List<Pod> there) {
        Optional<Instant> newest = there.stream()
                .map(TargetChoice::rolledOutAt)
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder());
        return newest.isEmpty()
                ? there
                : there.stream().filter(pod -> rolledOutAt(pod).equals(newest)).toList();
    }

    /**
     * Returns the moment that {@link ClusterPodControl#rollOut} wrote into the pod's annotation; empty if there is
     * none, or another program wrote it.
     */
    private static Optional<Instant> rolledOutAt(Pod pod) {
        try {
            return Optional.ofNullable(ObjectLabels.orEmpty(pod.getMetadata().getAnnotations())
                            .get(ClusterPodControl.RESTARTED_AT))
                    .map(Instant::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns how many pods a selection asks for.
     *
     * @param pods the number of pods there are, 1 or more
     */
    static int count(Selection selection, int pods) {
        int value = selection.value() == null ? 1 : selection.value();
        return switch (selection.mode()) {
            case one -> 1;
            case all -> pods;
            case count -> value;
            case percent -> Math.max(1, Math.ceilDiv(pods * value, 100));
        };
    }

    private static boolean isServer(HasMetadata workload) {
        return "server"
                .equals(ObjectLabels.orEmpty(workload.getMetadata().getLabels()).get(ObjectLabels.COMPONENT));
    }
}
