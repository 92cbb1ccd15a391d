package dev.rebind.operator.workload;

import dev.rebind.engine.ClientRoute;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.experiment.server.BuiltinServer;
import dev.rebind.experiment.workload.ConfigMapKey;
import dev.rebind.experiment.workload.Restore;
import dev.rebind.experiment.workload.WorkloadRef;
import dev.rebind.operator.workload.TargetPod.Network;
import dev.rebind.operator.workload.TargetPod.Toggle;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import io.fabric8.kubernetes.api.model.ConfigMapKeySelector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes a target from a pod. Finds the pod's container, ports and network, and the agents that see it. Refuses if one
 * of them is not clear. Pure.
 */
final class TargetResolution {
    /** Name of the port on which an agent serves its API. A container that has such a port runs an agent. */
    private static final String AGENT_PORT = "agent";

    /** Name of the port of the server under test. */
    private static final String SERVER_PORT = "server";

    private static final String REUSE_VARIABLE = "REBIND_AGENT_REUSE_ADDRESS";
    private static final String ADDRESS_VARIABLE = "REBIND_AGENT_ADDRESS";
    private static final String INSTANCE = "app.kubernetes.io/instance";

    private TargetResolution() {}

    /**
     * Makes a target from a pod, or refuses.
     *
     * @param selector the label selector of the pod's workload; null for a bare pod
     * @param clients the pods of clients
     * @param around what else is in the pod's namespace
     */
    static LookupResult of(
            ExperimentSpec spec,
            WorkloadId workload,
            @Nullable String selector,
            Pod pod,
            List<Pod> clients,
            TargetNamespace around) {
        String name = pod.getMetadata().getName();
        Mode mode = spec.restart() == null || spec.restart().mode() == null
                ? Mode.process
                : spec.restart().mode();
        WorkloadRef ref = spec.target() == null ? null : spec.target().workloadRef();
        LookupResult.Refused never = notRemade(workload, pod, mode);
        if (never != null) {
            return never;
        }
        Optional<Container> agent = pod.getSpec().getContainers().stream()
                .filter(container -> port(container, AGENT_PORT).isPresent())
                .findFirst();
        if (agent.isEmpty() && !mode.isFresh()) {
            return TargetRefusals.noAgent(workload, name, AGENT_PORT);
        }
        String ip = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
        if (ip == null || ip.isEmpty()) {
            return TargetRefusals.noAddress(workload, name);
        }
        Optional<Container> server = agent.isPresent() ? agent : container(pod, ref == null ? null : ref.container());
        if (server.isEmpty()) {
            return TargetRefusals.notOneContainer(workload, pod, ref == null ? null : ref.container());
        }
        Container container = server.get();
        BuiltinServer wanted = spec.target() == null ? null : spec.target().server();
        Integer written = writtenPort(wanted, ref);
        Optional<ContainerPort> named = agent.isPresent() ? port(container, SERVER_PORT) : port(container, written);
        if (written == null && named.isEmpty()) {
            return agent.isPresent()
                    ? TargetRefusals.noServerPort(workload, name, SERVER_PORT)
                    : TargetRefusals.noContainerPort(workload, name, container.getName());
        }
        int port = written != null ? written : named.orElseThrow().getContainerPort();
        Integer hostPort = named.map(ContainerPort::getHostPort).orElse(null);
        boolean onHost = Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
        Network network = onHost ? Network.hostNetwork : hostPort != null ? Network.hostPort : Network.pod;
        var there = new ClientRoutes.Server(
                workload, pod, mode, network, port, hostPort, agent.isPresent(), written != null && agent.isPresent());
        var routed = ClientRoutes.of(spec, there, around);
        return switch (routed) {
            case ClientRoutes.Result.Nowhere(LookupResult.Refused refused) -> refused;
            case ClientRoutes.Result.To(ClientRoute route) ->
                new LookupResult.Found(new TargetPod(
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
                        route,
                        agent.isPresent() || !isLeftToTarget(spec) ? null : SpokenProtocol.of(there, container, around),
                        null,
                        agent.isPresent() ? agent(ip, container) : null,
                        null,
                        clients(agent.isPresent() ? pod : null, clients),
                        toggle(spec, container),
                        ref == null || ref.stopCommand() == null ? List.of() : ref.stopCommand()));
        };
    }

    /**
     * Refuses a restart after which there would be no pod, because Kubernetes does not create a pod without an owner
     * again. Returns null if the pod can be restarted.
     */
    private static LookupResult.@Nullable Refused notRemade(WorkloadId workload, Pod pod, Mode mode) {
        if (!workload.kind().equals("Pod")) {
            return null;
        }
        // The pods of a StatefulSet come back with the same names.
        boolean byName = pod.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> owner.getKind().equals("StatefulSet"));
        return switch (mode) {
            case listener, process, container -> null;
            case pod -> byName ? null : TargetRefusals.notMadeAgain(workload);
            case rollout -> TargetRefusals.noTemplate(workload);
        };
    }

    static boolean wantsClients(ExperimentSpec spec) {
        return spec.clients() == null
                || spec.clients().connections() == null
                || spec.clients().connections() > 0;
    }

    private static boolean isLeftToTarget(ExperimentSpec spec) {
        return wantsClients(spec) && (spec.clients() == null || spec.clients().leavesProtocolToTarget());
    }

    /** Returns the container of this name; if no name is given, the pod's only container. */
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

    /** Returns the container's TCP port of this number; if no number is given, its only TCP port. */
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

    private static URI agent(String ip, Container container) {
        String host = ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip;
        return URI.create("http://" + host + ":"
                + port(container, AGENT_PORT).orElseThrow().getContainerPort());
    }

    /**
     * Returns the agent of a ready client pod; null if there is none. If the server belongs to a Helm release, only
     * client pods of that release count.
     */
    private static @Nullable URI clients(@Nullable Pod server, List<Pod> clients) {
        String instance = server == null
                ? null
                : ObjectLabels.orEmpty(server.getMetadata().getLabels()).get(INSTANCE);
        return clients.stream()
                .filter(pod -> instance == null
                        || instance.equals(
                                ObjectLabels.orEmpty(pod.getMetadata().getLabels())
                                        .get(INSTANCE)))
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null && ready(pod))
                .map(TargetResolution::agentOf)
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(null);
    }

    /** Returns the agent of a node; null if no ready agent runs there. */
    static @Nullable URI nodeAgent(@Nullable String node, List<Pod> nodeAgents) {
        return nodeAgents.stream()
                .filter(pod -> node != null && node.equals(pod.getSpec().getNodeName()))
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null && ready(pod))
                .map(TargetResolution::agentOf)
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
        Restore restore = Objects.requireNonNullElse(spec.restore(), Restore.next_start);
        if (spec.toggle() != null) {
            ConfigMapKey key = spec.toggle().configMapKeyRef();
            return new Toggle(
                    key.name(),
                    key.key(),
                    Objects.requireNonNullElse(key.on(), "true"),
                    Objects.requireNonNullElse(key.off(), "false"),
                    restore);
        }
        return variable(container, REUSE_VARIABLE)
                .map(EnvVar::getValueFrom)
                .map(from -> from.getConfigMapKeyRef())
                .map((ConfigMapKeySelector key) -> new Toggle(key.getName(), key.getKey(), "true", "false", restore))
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
}
