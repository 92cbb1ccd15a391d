package dev.rebind.kubernetes.target;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.ExperimentSpec.BuiltinServer;
import dev.rebind.experiment.ExperimentSpec.WorkloadRef;
import dev.rebind.kubernetes.target.Target.Network;
import dev.rebind.kubernetes.target.Target.Toggle;
import io.fabric8.kubernetes.api.model.ConfigMapKeySelector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks targets up. Reads only. */
public final class Targets {
    /** What a namespace needs for anything in it to be restarted. */
    public static final String OPT_IN_LABEL = "rebind.dev/experiments";

    public static final String OPT_IN_VALUE = "allowed";

    /** Name of the port that an agent serves its API on; a container that has it runs an agent. */
    private static final String AGENT_PORT = "agent";

    /** Name of the port of the server under test. */
    private static final String SERVER_PORT = "server";

    private static final String REUSE_VARIABLE = "REBIND_AGENT_REUSE_ADDRESS";
    private static final String ADDRESS_VARIABLE = "REBIND_AGENT_ADDRESS";
    private static final Map<String, String> CHART = Map.of("app.kubernetes.io/part-of", "rebind");
    private static final String COMPONENT = "app.kubernetes.io/component";

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

    /** The workload's name and the labels of its pods. */
    private record Workload(String name, LabelSelector selector) {}

    public Lookup find(String namespace, ExperimentSpec spec) {
        Namespace whole = client.namespaces().withName(namespace).get();
        Map<String, String> labels =
                whole == null ? Map.of() : orEmpty(whole.getMetadata().getLabels());
        if (!OPT_IN_VALUE.equals(labels.get(OPT_IN_LABEL))) {
            return new Lookup.Refused(
                    "NamespaceNotAllowed",
                    "Namespace " + namespace + " does not allow experiments; kubectl label namespace " + namespace + " "
                            + OPT_IN_LABEL + "=" + OPT_IN_VALUE,
                    true);
        }
        WorkloadRef ref = spec.target() == null ? null : spec.target().workloadRef();
        return ref == null ? ofChart(namespace, spec) : named(namespace, spec, ref);
    }

    private Lookup ofChart(String namespace, ExperimentSpec spec) {
        List<Workload> servers = Stream.of(
                        client.apps().deployments().inNamespace(namespace).withLabels(CHART).list().getItems().stream()
                                .filter(Targets::isServer)
                                .map(Targets::workload),
                        client.apps().statefulSets().inNamespace(namespace).withLabels(CHART).list().getItems().stream()
                                .filter(Targets::isServer)
                                .map(Targets::workload),
                        client.apps().daemonSets().inNamespace(namespace).withLabels(CHART).list().getItems().stream()
                                .filter(Targets::isServer)
                                .map(Targets::workload))
                .flatMap(all -> all)
                .toList();
        return switch (servers.size()) {
            case 0 ->
                new Lookup.Refused(
                        "NoTarget",
                        "Namespace " + namespace
                                + " has no server of Rebind's chart; install one (server.enabled), or name"
                                + " a workload in spec.target.workloadRef",
                        true);
            case 1 -> pods(namespace, spec, servers.getFirst());
            default ->
                new Lookup.Refused(
                        "SeveralTargets",
                        "Namespace " + namespace + " has several servers of Rebind's chart ("
                                + servers.stream().map(Workload::name).sorted().collect(Collectors.joining(", "))
                                + "); name one in spec.target.workloadRef",
                        true);
        };
    }

    private static boolean isServer(HasMetadata workload) {
        return "server".equals(orEmpty(workload.getMetadata().getLabels()).get(COMPONENT));
    }

    private static Workload workload(HasMetadata workload) {
        LabelSelector selector = switch (workload) {
            case Deployment deployment -> deployment.getSpec().getSelector();
            case StatefulSet set -> set.getSpec().getSelector();
            case DaemonSet set -> set.getSpec().getSelector();
            default -> throw new IllegalArgumentException(workload.getKind());
        };
        return new Workload(workload.getKind() + "/" + workload.getMetadata().getName(), selector);
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
            return new Lookup.Refused(
                    "NoTarget",
                    "spec.target.workloadRef: namespace " + namespace + " has no " + ref.kind() + " " + ref.name(),
                    true);
        }
        return found instanceof Pod pod
                ? of(spec, "Pod/" + ref.name(), null, pod)
                : pods(namespace, spec, workload(found));
    }

    private Lookup pods(String namespace, ExperimentSpec spec, Workload workload) {
        List<Pod> pods =
                client.pods().inNamespace(namespace).withLabelSelector(workload.selector()).list().getItems().stream()
                        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                        .filter(pod -> pod.getStatus() == null
                                || !"Failed".equals(pod.getStatus().getPhase()))
                        .toList();
        return switch (pods.size()) {
            case 0 -> new Lookup.Refused("NoTarget", workload.name() + " has no pod; scale it to one", true);
            case 1 -> of(spec, workload.name(), text(workload.selector()), pods.getFirst());
            default ->
                new Lookup.Refused(
                        "SeveralTargets",
                        workload.name() + " has " + pods.size() + " pods ("
                                + pods.stream()
                                        .map(pod -> pod.getMetadata().getName())
                                        .sorted()
                                        .collect(Collectors.joining(", "))
                                + "), and an experiment restarts one; name one of them (kind: Pod), or scale it to one",
                        true);
        };
    }

    private static String text(LabelSelector selector) {
        return orEmpty(selector.getMatchLabels()).entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .sorted()
                .collect(Collectors.joining(","));
    }

    private Lookup of(ExperimentSpec spec, String workload, @Nullable String selector, Pod pod) {
        String name = pod.getMetadata().getName();
        Optional<Container> agent = pod.getSpec().getContainers().stream()
                .filter(container -> port(container, AGENT_PORT).isPresent())
                .findFirst();
        if (agent.isEmpty()) {
            return new Lookup.Refused(
                    "NoAgent",
                    workload + ": pod " + name + " has no container with a port named " + AGENT_PORT
                            + ", so nothing in it can be told to restart; use a server of Rebind's chart",
                    false);
        }
        String ip = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
        if (ip == null || ip.isEmpty()) {
            return new Lookup.Refused("TargetNotReady", workload + ": pod " + name + " has no address yet", true);
        }
        Container container = agent.get();
        Optional<ContainerPort> server = port(container, SERVER_PORT);
        BuiltinServer wanted = spec.target() == null ? null : spec.target().server();
        Integer written = wanted == null || wanted.port() == null || wanted.port() == 0 ? null : wanted.port();
        if (written == null && server.isEmpty()) {
            return new Lookup.Refused(
                    "NoPort",
                    workload + ": pod " + name + " has no port named " + SERVER_PORT
                            + "; write spec.target.server.port",
                    false);
        }
        int port = written != null ? written : server.orElseThrow().getContainerPort();
        Integer hostPort = server.map(ContainerPort::getHostPort).orElse(null);
        boolean onHost = Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
        Network network = onHost ? Network.hostNetwork : hostPort != null ? Network.hostPort : Network.pod;
        String host = pod.getStatus().getHostIP();
        boolean behind = network == Network.hostPort && host != null && written == null;
        String clientAddress = behind && host != null ? host : ip;
        int clientPort = behind && hostPort != null ? hostPort : port;
        boolean moves = network == Network.pod
                && spec.restart() != null
                && spec.restart().mode() == ExperimentSpec.Mode.pod;
        if (moves) {
            Optional<Service> service = service(pod);
            if (service.isEmpty()) {
                return new Lookup.Refused(
                        "NoService",
                        workload
                                + ": each pod has another address, and no Service with an address of its own leads to it;"
                                + " make one (server.service.enabled), or use server.network: hostNetwork",
                        true);
            }
            clientAddress = service.get().getSpec().getClusterIP();
            clientPort = service.get().getSpec().getPorts().getFirst().getPort();
        }
        return new Lookup.Found(new Target(
                pod.getMetadata().getNamespace(),
                workload,
                selector,
                name,
                pod.getMetadata().getUid(),
                container.getName(),
                pod.getSpec().getNodeName(),
                network,
                wanted != null && wanted.address() != null
                        ? wanted.address()
                        : variable(container, ADDRESS_VARIABLE)
                                .map(EnvVar::getValue)
                                .orElse("0.0.0.0"),
                port,
                clientAddress,
                clientPort,
                agent(ip, container),
                clients(pod),
                toggle(container)));
    }

    /** One that leads to the pod by an address that stays. */
    private Optional<Service> service(Pod pod) {
        Map<String, String> labels = orEmpty(pod.getMetadata().getLabels());
        return client.services().inNamespace(pod.getMetadata().getNamespace()).list().getItems().stream()
                .filter(service -> !orEmpty(service.getSpec().getSelector()).isEmpty())
                .filter(service -> labels.entrySet()
                        .containsAll(service.getSpec().getSelector().entrySet()))
                .filter(service -> service.getSpec().getClusterIP() != null
                        && !"None".equals(service.getSpec().getClusterIP()))
                .findFirst();
    }

    private static URI agent(String ip, Container container) {
        String host = ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip;
        return URI.create("http://" + host + ":"
                + port(container, AGENT_PORT).orElseThrow().getContainerPort());
    }

    /** A ready client pod of the same chart, or null. */
    private @Nullable URI clients(Pod server) {
        String instance = orEmpty(server.getMetadata().getLabels()).get("app.kubernetes.io/instance");
        var found = new ArrayList<URI>();
        for (Pod pod : client.pods()
                .inNamespace(server.getMetadata().getNamespace())
                .withLabels(CHART)
                .withLabel(COMPONENT, "clients")
                .list()
                .getItems()) {
            boolean ofChart = instance == null
                    || instance.equals(orEmpty(pod.getMetadata().getLabels()).get("app.kubernetes.io/instance"));
            String ip = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
            if (ofChart && ip != null && pod.getMetadata().getDeletionTimestamp() == null && ready(pod)) {
                pod.getSpec().getContainers().stream()
                        .filter(container -> port(container, AGENT_PORT).isPresent())
                        .findFirst()
                        .ifPresent(container -> found.add(agent(ip, container)));
            }
        }
        return found.isEmpty() ? null : found.getFirst();
    }

    private static boolean ready(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    private static @Nullable Toggle toggle(Container container) {
        return variable(container, REUSE_VARIABLE)
                .map(EnvVar::getValueFrom)
                .map(from -> from.getConfigMapKeyRef())
                .map((ConfigMapKeySelector key) -> new Toggle(key.getName(), key.getKey()))
                .orElse(null);
    }

    private static Optional<EnvVar> variable(Container container, String name) {
        return container.getEnv().stream()
                .filter(variable -> name.equals(variable.getName()))
                .findFirst();
    }

    private static Optional<ContainerPort> port(Container container, String name) {
        return container.getPorts().stream()
                .filter(port -> name.equals(port.getName()))
                .findFirst();
    }

    private static <V> Map<String, V> orEmpty(@Nullable Map<String, V> map) {
        return map == null ? Map.of() : map;
    }
}
