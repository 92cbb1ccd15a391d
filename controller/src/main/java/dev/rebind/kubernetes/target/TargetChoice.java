package dev.rebind.kubernetes.target;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.ExperimentSpec.BuiltinServer;
import dev.rebind.experiment.ExperimentSpec.WorkloadRef;
import dev.rebind.kubernetes.target.Target.Network;
import dev.rebind.kubernetes.target.Target.Toggle;
import dev.rebind.kubernetes.target.Targets.Lookup;
import io.fabric8.kubernetes.api.model.ConfigMapKeySelector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which pod is meant, of those that there are; refuses where it is not exactly one. Pure. */
final class TargetChoice {
    /** What a namespace needs for anything in it to be restarted. */
    static final String OPT_IN_LABEL = "rebind.dev/experiments";

    static final String OPT_IN_VALUE = "allowed";

    /** Labels of all that the chart makes. */
    static final Map<String, String> CHART = Map.of("app.kubernetes.io/part-of", "rebind");

    static final String COMPONENT = "app.kubernetes.io/component";

    /** Name of the port that an agent serves its API on; a container that has it runs an agent. */
    private static final String AGENT_PORT = "agent";

    /** Name of the port of the server under test. */
    private static final String SERVER_PORT = "server";

    private static final String REUSE_VARIABLE = "REBIND_AGENT_REUSE_ADDRESS";
    private static final String ADDRESS_VARIABLE = "REBIND_AGENT_ADDRESS";
    private static final String INSTANCE = "app.kubernetes.io/instance";

    private TargetChoice() {}

    /** The workload's name and the labels of its pods. */
    record Workload(String name, LabelSelector selector) {}

    /** @param labels of the namespace; null where it has none, or is not there */
    static boolean allows(@Nullable Map<String, String> labels) {
        return OPT_IN_VALUE.equals(orEmpty(labels).get(OPT_IN_LABEL));
    }

    static Lookup notAllowed(String namespace) {
        return new Lookup.Refused(
                "NamespaceNotAllowed",
                "Namespace " + namespace + " does not allow experiments; kubectl label namespace " + namespace + " "
                        + OPT_IN_LABEL + "=" + OPT_IN_VALUE,
                true);
    }

    static Lookup missing(String namespace, WorkloadRef ref) {
        return new Lookup.Refused(
                "NoTarget",
                "spec.target.workloadRef: namespace " + namespace + " has no " + ref.kind() + " " + ref.name(),
                true);
    }

    /** Those that are servers, of the chart's workloads. */
    static List<Workload> servers(List<HasMetadata> workloads) {
        return workloads.stream()
                .filter(TargetChoice::isServer)
                .map(TargetChoice::workload)
                .toList();
    }

    /** @param servers none, or several */
    static Lookup notOne(String namespace, List<Workload> servers) {
        return servers.isEmpty()
                ? new Lookup.Refused(
                        "NoTarget",
                        "Namespace " + namespace
                                + " has no server of Rebind's chart; install one (server.enabled), or name"
                                + " a workload in spec.target.workloadRef",
                        true)
                : new Lookup.Refused(
                        "SeveralTargets",
                        "Namespace " + namespace + " has several servers of Rebind's chart ("
                                + servers.stream().map(Workload::name).sorted().collect(Collectors.joining(", "))
                                + "); name one in spec.target.workloadRef",
                        true);
    }

    /**
     * The one pod of a workload.
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
        return switch (here.size()) {
            case 0 -> new Lookup.Refused("NoTarget", workload.name() + " has no pod; scale it to one", true);
            case 1 -> of(spec, workload.name(), text(workload.selector()), here.getFirst(), clients, services);
            default ->
                new Lookup.Refused(
                        "SeveralTargets",
                        workload.name() + " has " + here.size() + " pods ("
                                + here.stream()
                                        .map(pod -> pod.getMetadata().getName())
                                        .sorted()
                                        .collect(Collectors.joining(", "))
                                + "), and an experiment restarts one; name one of them (kind: Pod), or scale it to one",
                        true);
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
        return new Workload(workload.getKind() + "/" + workload.getMetadata().getName(), selector);
    }

    private static String text(LabelSelector selector) {
        return orEmpty(selector.getMatchLabels()).entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .sorted()
                .collect(Collectors.joining(","));
    }

    /**
     * A pod as a target.
     *
     * @param selector of its workload; null for a bare pod
     */
    static Lookup of(
            ExperimentSpec spec,
            String workload,
            @Nullable String selector,
            Pod pod,
            List<Pod> clients,
            Supplier<List<Service>> services) {
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
            Optional<Service> service = service(pod, services.get());
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
                clients(pod, clients),
                toggle(container)));
    }

    /** One that leads to the pod by an address that stays. */
    private static Optional<Service> service(Pod pod, List<Service> services) {
        Map<String, String> labels = orEmpty(pod.getMetadata().getLabels());
        return services.stream()
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

    /** The agent of a ready client pod of the same release, or null. */
    private static @Nullable URI clients(Pod server, List<Pod> clients) {
        String instance = orEmpty(server.getMetadata().getLabels()).get(INSTANCE);
        return clients.stream()
                .filter(pod -> instance == null
                        || instance.equals(
                                orEmpty(pod.getMetadata().getLabels()).get(INSTANCE)))
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null && ready(pod))
                .map(TargetChoice::agentOf)
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(null);
    }

    private static Optional<URI> agentOf(Pod pod) {
        String ip = pod.getStatus().getPodIP();
        return ip == null
                ? Optional.empty()
                : pod.getSpec().getContainers().stream()
                        .filter(container -> port(container, AGENT_PORT).isPresent())
                        .findFirst()
                        .map(container -> agent(ip, container));
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
