package dev.rebind.operator.workload;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.experiment.workload.Selection;
import dev.rebind.operator.workload.TargetLookup.Lookup;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which pods of which workload are meant; refuses where that is not clear. What they are as targets is {@link TargetResolution}. Pure. */
final class TargetChoice {
    /** What a namespace needs for anything in it to be restarted. */
    static final String OPT_IN_LABEL = "rebind.dev/experiments";

    static final String OPT_IN_VALUE = "allowed";

    /** Labels of all that the chart makes. */
    static final Map<String, String> CHART = Map.of("app.kubernetes.io/part-of", "rebind");

    static final String COMPONENT = "app.kubernetes.io/component";

    private TargetChoice() {}

    /**
     * The workload's name and the labels of its pods.
     *
     * @param replicas how many pods it is to have; null where that is not known
     */
    record Workload(
            WorkloadId id, LabelSelector selector, @Nullable Integer replicas) {
        String name() {
            return id.toString();
        }
    }

    /** @param labels of the namespace; null where it has none, or is not there */
    static boolean allows(@Nullable Map<String, String> labels) {
        return OPT_IN_VALUE.equals(orEmpty(labels).get(OPT_IN_LABEL));
    }

    /** Those that are servers, of the chart's workloads. */
    static List<Workload> servers(List<HasMetadata> workloads) {
        return workloads.stream()
                .filter(TargetChoice::isServer)
                .map(TargetChoice::workload)
                .toList();
    }

    /**
     * The pod of a workload that has one, or those that are selected.
     *
     * @param pods all that it has, those that are going away too
     * @param begun whether the experiment has held some of them before, and may have left a restart half done
     * @param clients pods of clients in the namespace, of whichever release
     * @param around what else is in the namespace
     */
    static Lookup among(
            ExperimentSpec spec,
            Workload workload,
            List<Pod> pods,
            boolean begun,
            List<Pod> clients,
            Surroundings around) {
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
            switch (TargetResolution.of(spec, workload.id(), text(workload.selector()), pod, clients, around)) {
                case Lookup.Refused refused -> {
                    return refused;
                }
                case Lookup.Found found -> targets.addAll(found.targets());
            }
        }
        return new Lookup.Found(targets);
    }

    /** Those that are not going away. */
    private static List<Pod> there(List<Pod> pods) {
        return pods.stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> pod.getStatus() == null
                        || !"Failed".equals(pod.getStatus().getPhase()))
                .toList();
    }

    /**
     * Those that the newest rollout of an experiment made; all of them where no experiment has rolled them out. A controller that
     * died in a rollout left pods of two templates, and the experiment goes on with the new ones.
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

    /** As {@link Cluster#rollOut} writes it; empty where nobody, or somebody else, has written it. */
    private static Optional<Instant> rolledOutAt(Pod pod) {
        try {
            return Optional.ofNullable(
                            orEmpty(pod.getMetadata().getAnnotations()).get(Cluster.RESTARTED_AT))
                    .map(Instant::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** How many pods a workload is to have; null where that is not known. */
    private static @Nullable Integer replicas(HasMetadata workload) {
        return switch (workload) {
            case Deployment deployment -> deployment.getSpec().getReplicas();
            case StatefulSet set -> set.getSpec().getReplicas();
            case DaemonSet set ->
                set.getStatus() == null ? null : set.getStatus().getDesiredNumberScheduled();
            default -> null;
        };
    }

    /** @param pods 1 or more */
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
        return "server".equals(orEmpty(workload.getMetadata().getLabels()).get(COMPONENT));
    }

    static Workload workload(HasMetadata workload) {
        LabelSelector selector = switch (workload) {
            case Deployment deployment -> deployment.getSpec().getSelector();
            case StatefulSet set -> set.getSpec().getSelector();
            case DaemonSet set -> set.getSpec().getSelector();
            default -> throw new IllegalArgumentException(workload.getKind());
        };
        return new Workload(id(workload), selector, replicas(workload));
    }

    static WorkloadId id(HasMetadata workload) {
        return new WorkloadId(
                workload.getKind(),
                workload.getMetadata().getName(),
                workload.getMetadata().getUid());
    }

    static String text(LabelSelector selector) {
        return orEmpty(selector.getMatchLabels()).entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .sorted()
                .collect(Collectors.joining(","));
    }

    static <V> Map<String, V> orEmpty(@Nullable Map<String, V> map) {
        return map == null ? Map.of() : map;
    }
}
