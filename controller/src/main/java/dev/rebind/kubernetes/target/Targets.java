package dev.rebind.kubernetes.target;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.ExperimentSpec.WorkloadRef;
import dev.rebind.kubernetes.target.TargetChoice.Workload;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Looks targets up: asks the API server, and leaves the choice to {@link TargetChoice}. Reads only. */
public final class Targets {
    private final KubernetesClient client;

    public Targets(KubernetesClient client) {
        this.client = client;
    }

    /** What came of looking. */
    public sealed interface Lookup {
        record Found(Target target) implements Lookup {}

        /**
         * @param reason one word for programs
         * @param passing whether it may be otherwise a moment later
         */
        record Refused(String reason, String message, boolean passing) implements Lookup {}
    }

    public Lookup find(String namespace, ExperimentSpec spec) {
        Namespace whole = client.namespaces().withName(namespace).get();
        Map<String, String> labels = whole == null ? null : whole.getMetadata().getLabels();
        if (!TargetChoice.allows(labels)) {
            return TargetChoice.notAllowed(namespace);
        }
        WorkloadRef ref = spec.target() == null ? null : spec.target().workloadRef();
        return ref == null ? ofChart(namespace, spec) : named(namespace, spec, ref);
    }

    private Lookup ofChart(String namespace, ExperimentSpec spec) {
        var apps = client.apps();
        List<Workload> servers = TargetChoice.servers(Stream.of(
                        apps.deployments()
                                .inNamespace(namespace)
                                .withLabels(TargetChoice.CHART)
                                .list()
                                .getItems(),
                        apps.statefulSets()
                                .inNamespace(namespace)
                                .withLabels(TargetChoice.CHART)
                                .list()
                                .getItems(),
                        apps.daemonSets()
                                .inNamespace(namespace)
                                .withLabels(TargetChoice.CHART)
                                .list()
                                .getItems())
                .<HasMetadata>flatMap(List::stream)
                .toList());
        return servers.size() == 1
                ? pods(namespace, spec, servers.getFirst())
                : TargetChoice.notOne(namespace, servers);
    }

    private Lookup named(String namespace, ExperimentSpec spec, WorkloadRef ref) {
        HasMetadata found = switch (ref.kind()) {
            case Deployment ->
                client.apps()
                        .deployments()
                        .inNamespace(namespace)
                        .withName(ref.name())
                        .get();
            case StatefulSet ->
                client.apps()
                        .statefulSets()
                        .inNamespace(namespace)
                        .withName(ref.name())
                        .get();
            case DaemonSet ->
                client.apps()
                        .daemonSets()
                        .inNamespace(namespace)
                        .withName(ref.name())
                        .get();
            case Pod ->
                client.pods().inNamespace(namespace).withName(ref.name()).get();
        };
        if (found == null) {
            return TargetChoice.missing(namespace, ref);
        }
        return found instanceof Pod pod
                ? TargetChoice.of(spec, "Pod/" + ref.name(), null, pod, clients(namespace), () -> services(namespace))
                : pods(namespace, spec, TargetChoice.workload(found));
    }

    private Lookup pods(String namespace, ExperimentSpec spec, Workload workload) {
        List<Pod> pods = client.pods()
                .inNamespace(namespace)
                .withLabelSelector(workload.selector())
                .list()
                .getItems();
        return TargetChoice.among(spec, workload, pods, clients(namespace), () -> services(namespace));
    }

    private List<Pod> clients(String namespace) {
        return client.pods()
                .inNamespace(namespace)
                .withLabels(TargetChoice.CHART)
                .withLabel(TargetChoice.COMPONENT, "clients")
                .list()
                .getItems();
    }

    private List<Service> services(String namespace) {
        return client.services().inNamespace(namespace).list().getItems();
    }
}
