package dev.rebind.operator.workload;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.ExperimentSpec.Selection;
import dev.rebind.operator.workload.TargetLookup.Lookup;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
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

    /** The workload's name and the labels of its pods. */
    record Workload(WorkloadId id, LabelSelector selector) {
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
     * @param clients pods of clients in the namespace, of whichever release
     * @param services all of the namespace; asked for only where a pod's address does not last
     */
    static Lookup among(
            ExperimentSpec spec,
            Workload workload,
            List<Pod> pods,
            List<Pod> clients,
            Supplier<List<Service>> services) {
        List<Pod> here = pods.stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> pod.getStatus() == null
                        || !"Failed".equals(pod.getStatus().getPhase()))
                .toList();
        Selection selection = spec.selection();
        if (here.isEmpty()) {
            return TargetRefusals.noPod(workload);
        }
        if (selection == null && here.size() > 1) {
            return TargetRefusals.severalPods(workload, here);
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
            switch (TargetResolution.of(spec, workload.id(), text(workload.selector()), pod, clients, services)) {
                case Lookup.Refused refused -> {
                    return refused;
                }
                case Lookup.Found found -> targets.addAll(found.targets());
            }
        }
        return new Lookup.Found(targets);
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
        return new Workload(id(workload), selector);
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
