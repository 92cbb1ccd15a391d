package dev.rebind.operator.workload;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.ExperimentSpec.BuiltinServer;
import dev.rebind.experiment.ExperimentSpec.ConfigMapKey;
import dev.rebind.experiment.ExperimentSpec.Mode;
import dev.rebind.experiment.ExperimentSpec.Selection;
import dev.rebind.experiment.ExperimentSpec.WorkloadRef;
import dev.rebind.operator.workload.TargetLookup.Lookup;
import dev.rebind.operator.workload.TargetPod.Network;
import dev.rebind.operator.workload.TargetPod.Toggle;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    record Workload(WorkloadId id, LabelSelector selector) {
        String name() {
            return id.toString();
        }
    }

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
            return new Lookup.Refused("NoTarget", workload.name() + " has no pod; scale it to one", true);
        }
        if (selection == null && here.size() > 1) {
            return new Lookup.Refused(
                    "SeveralTargets",
                    workload.name() + " has " + here.size() + " pods ("
                            + here.stream()
                                    .map(pod -> pod.getMetadata().getName())
                                    .sorted()
                                    .collect(Collectors.joining(", "))
                            + "), and an experiment restarts one unless spec.selection says more; write it, name one of them"
                            + " (kind: Pod), or scale it to one",
                    true);
        }
        int wanted = selection == null ? 1 : count(selection, here.size());
        if (wanted > here.size()) {
            return new Lookup.Refused(
                    "TooFewTargets",
                    workload.name() + " has " + here.size() + " pods, and spec.selection asks for " + wanted,
                    true);
        }
        var targets = new ArrayList<TargetPod>();
        for (Pod pod : here.stream()
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .limit(wanted)
                .toList()) {
            switch (of(spec, workload.id(), text(workload.selector()), pod, clients, services)) {
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

    /**
     * A pod as a target.
     *
     * @param selector of its workload; null for a bare pod
     */
    static Lookup of(
            ExperimentSpec spec,
            WorkloadId workload,
            @Nullable String selector,
            Pod pod,
            List<Pod> clients,
            Supplier<List<Service>> services) {
        String name = pod.getMetadata().getName();
        Mode mode = spec.restart() == null || spec.restart().mode() == null
                ? Mode.process
                : spec.restart().mode();
        WorkloadRef ref = spec.target() == null ? null : spec.target().workloadRef();
        Lookup.Refused never = notRemade(workload, pod, mode);
        if (never != null) {
            return never;
        }
        Optional<Container> agent = pod.getSpec().getContainers().stream()
                .filter(container -> port(container, AGENT_PORT).isPresent())
                .findFirst();
        if (agent.isEmpty() && !mode.isFresh()) {
            return new Lookup.Refused(
                    "NoAgent",
                    workload + ": pod " + name + " has no container with a port named " + AGENT_PORT
                            + ", so the server in it cannot be told to restart; write restart.mode: container, pod or"
                            + " rollout, or use a server of Rebind's chart",
                    false);
        }
        String ip = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
        if (ip == null || ip.isEmpty()) {
            return new Lookup.Refused("TargetNotReady", workload + ": pod " + name + " has no address yet", true);
        }
        Optional<Container> server = agent.isPresent() ? agent : container(pod, ref == null ? null : ref.container());
        if (server.isEmpty()) {
            return new Lookup.Refused(
                    "SeveralContainers",
                    workload + ": pod " + name + " has "
                            + (ref == null || ref.container() == null
                                    ? "several containers; name the server's in spec.target.workloadRef.container"
                                    : "no container " + ref.container())
                            + " ("
                            + pod.getSpec().getContainers().stream()
                                    .map(Container::getName)
                                    .collect(Collectors.joining(", "))
                            + ")",
                    false);
        }
        Container container = server.get();
        BuiltinServer wanted = spec.target() == null ? null : spec.target().server();
        Integer written = writtenPort(wanted, ref);
        Optional<ContainerPort> named = agent.isPresent() ? port(container, SERVER_PORT) : port(container, written);
        if (written == null && named.isEmpty()) {
            return new Lookup.Refused(
                    "NoPort",
                    workload + ": pod " + name
                            + (agent.isPresent()
                                    ? " has no port named " + SERVER_PORT + "; write spec.target.server.port"
                                    : ": container " + container.getName()
                                            + " names no port, or several; write spec.target.workloadRef.port"),
                    false);
        }
        int port = written != null ? written : named.orElseThrow().getContainerPort();
        Integer hostPort = named.map(ContainerPort::getHostPort).orElse(null);
        boolean onHost = Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
        Network network = onHost ? Network.hostNetwork : hostPort != null ? Network.hostPort : Network.pod;
        String host = pod.getStatus().getHostIP();
        // A port that is written for the chart's server is that of the pod: clients go around the mapping.
        boolean behind = network == Network.hostPort && host != null && (written == null || agent.isEmpty());
        String clientAddress = behind && host != null ? host : ip;
        int clientPort = behind && hostPort != null ? hostPort : port;
        boolean moves = network == Network.pod && (mode == Mode.pod || mode == Mode.rollout);
        if (moves && wantsClients(spec)) {
            Optional<Service> service = service(pod, services.get());
            if (service.isEmpty()) {
                return new Lookup.Refused(
                        "NoService",
                        workload
                                + ": each pod has another address, and no Service with an address of its own leads to it;"
                                + (agent.isPresent()
                                        ? " make one (server.service.enabled), or use server.network: hostNetwork"
                                        : " make one, or write spec.clients.connections: 0"),
                        true);
            }
            clientAddress = service.get().getSpec().getClusterIP();
            clientPort = service.get().getSpec().getPorts().getFirst().getPort();
        }
        return new Lookup.Found(new TargetPod(
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
                agent.isPresent() ? agent(ip, container) : null,
                null,
                clients(agent.isPresent() ? pod : null, clients),
                toggle(spec, container),
                ref == null || ref.stopCommand() == null ? List.of() : ref.stopCommand()));
    }

    /** Whether the restart would leave nothing behind: a pod without an owner does not come again. */
    private static Lookup.@Nullable Refused notRemade(WorkloadId workload, Pod pod, Mode mode) {
        if (!workload.kind().equals("Pod")) {
            return null;
        }
        // The pods of a StatefulSet come again by their names.
        boolean byName = pod.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> owner.getKind().equals("StatefulSet"));
        return switch (mode) {
            case listener, process, container -> null;
            case pod ->
                byName
                        ? null
                        : new Lookup.Refused(
                                "NoOwner",
                                workload
                                        + ": nobody makes a pod of this name again once it is evicted; name its owner in"
                                        + " spec.target.workloadRef, or write restart.mode: container",
                                false);
            case rollout ->
                new Lookup.Refused(
                        "NoOwner",
                        workload + ": a pod has no template; name its owner in spec.target.workloadRef, or write"
                                + " restart.mode: container",
                        false);
        };
    }

    static boolean wantsClients(ExperimentSpec spec) {
        return spec.clients() == null
                || spec.clients().connections() == null
                || spec.clients().connections() > 0;
    }

    /** The one that is named; else the only one. */
    private static Optional<Container> container(Pod pod, @Nullable String name) {
        List<Container> all = pod.getSpec().getContainers();
        if (name == null) {
            return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
        }
        return all.stream().filter(one -> one.getName().equals(name)).findFirst();
    }

    private static @Nullable Integer writtenPort(@Nullable BuiltinServer server, @Nullable WorkloadRef ref) {
        if (ref != null && ref.port() != null) {
            return ref.port();
        }
        return server == null || server.port() == null || server.port() == 0 ? null : server.port();
    }

    /** What the container says of a port; of its only one where none is written. */
    private static Optional<ContainerPort> port(Container container, @Nullable Integer written) {
        List<ContainerPort> tcp = container.getPorts().stream()
                .filter(port -> port.getProtocol() == null || port.getProtocol().equals("TCP"))
                .toList();
        if (written == null) {
            return tcp.size() == 1 ? Optional.of(tcp.getFirst()) : Optional.empty();
        }
        return tcp.stream()
                .filter(port -> written.equals(port.getContainerPort()))
                .findFirst();
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

    /** The agent of a ready client pod, of the same release where the server is of one; or null. */
    private static @Nullable URI clients(@Nullable Pod server, List<Pod> clients) {
        String instance = server == null
                ? null
                : orEmpty(server.getMetadata().getLabels()).get(INSTANCE);
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

    /** The agent of a node. */
    static @Nullable URI nodeAgent(@Nullable String node, List<Pod> nodeAgents) {
        return nodeAgents.stream()
                .filter(pod -> node != null && node.equals(pod.getSpec().getNodeName()))
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

    private static @Nullable Toggle toggle(ExperimentSpec spec, Container container) {
        if (spec.toggle() != null) {
            ConfigMapKey key = spec.toggle().configMapKeyRef();
            return new Toggle(
                    key.name(),
                    key.key(),
                    Objects.requireNonNullElse(key.on(), "true"),
                    Objects.requireNonNullElse(key.off(), "false"));
        }
        return variable(container, REUSE_VARIABLE)
                .map(EnvVar::getValueFrom)
                .map(from -> from.getConfigMapKeyRef())
                .map((ConfigMapKeySelector key) -> new Toggle(key.getName(), key.getKey(), "true", "false"))
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
