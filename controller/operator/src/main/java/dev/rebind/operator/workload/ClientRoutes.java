package dev.rebind.operator.workload;

import dev.rebind.engine.ClientRoute;
import dev.rebind.engine.ClientRoute.Way;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.clients.ClientUrl;
import dev.rebind.experiment.clients.Via;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.workload.LookupResult.Refused;
import dev.rebind.operator.workload.TargetPod.Network;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides where clients connect to reach a pod's server: as spec.clients.via says or, without it, as the pod's network
 * requires. Refuses if no address leads to the pod.
 */
final class ClientRoutes {
    private final Server server;
    private final TargetNamespace around;

    /**
     * A pod and its server.
     *
     * @param port the port that the server binds
     * @param hostPort the node's port that is mapped to {@code port}; null if there is none
     * @param ofChart whether Rebind's chart installed the server
     * @param isPortOfPod whether the experiment names the pod's port, so that clients connect to the pod and not to the
     *     node's port
     */
    record Server(
            WorkloadId workload,
            Pod pod,
            Mode mode,
            Network network,
            int port,
            @Nullable Integer hostPort,
            boolean ofChart,
            boolean isPortOfPod) {
        String name() {
            return pod.getMetadata().getName();
        }

        String ip() {
            return pod.getStatus().getPodIP();
        }

        @Nullable
        String node() {
            return pod.getStatus().getHostIP();
        }

        /** Whether each restart gives the pod another address. */
        boolean moves() {
            return network == Network.pod && (mode == Mode.pod || mode == Mode.rollout);
        }
    }

    /** A route, or why there is none. */
    sealed interface Result {
        record To(ClientRoute route) implements Result {}

        record Nowhere(Refused refused) implements Result {}
    }

    private ClientRoutes(Server server, TargetNamespace around) {
        this.server = server;
        this.around = around;
    }

    static Result of(ExperimentSpec spec, Server server, TargetNamespace around) {
        var routes = new ClientRoutes(server, around);
        Via via = spec.clients() == null ? null : spec.clients().via();
        if (!TargetResolution.wantsClients(spec)) {
            return routes.toPod();
        }
        if (via == null) {
            return routes.usual();
        }
        if (via.service() != null) {
            return routes.toService(via.service());
        }
        if (via.url() != null) {
            return routes.toUrl(via.url());
        }
        if (via.hostPort() != null) {
            return routes.toHostPort();
        }
        return server.moves() ? nowhere(TargetRefusals.podMoves(server.workload())) : routes.toPod();
    }

    private Result usual() {
        if (server.moves()) {
            Optional<Service> leads = around.services().stream()
                    .filter(service -> selects(service, server.pod()) && address(service) != null)
                    .findFirst();
            return leads.isEmpty()
                    ? nowhere(TargetRefusals.noService(server.workload(), server.ofChart()))
                    : to(leads.get(), leads.get().getSpec().getPorts().getFirst());
        }
        boolean mapped = server.network() == Network.hostPort && server.node() != null && !server.isPortOfPod();
        return mapped ? toHostPort() : toPod();
    }

    private Result toPod() {
        return new Result.To(new ClientRoute(server.ip(), server.port(), Way.pod, false));
    }

    private Result toHostPort() {
        String node = server.node();
        Integer port = server.network() == Network.hostNetwork ? Integer.valueOf(server.port()) : server.hostPort();
        return node == null || port == null
                ? nowhere(TargetRefusals.noHostPort(server.workload(), server.name(), server.port()))
                : new Result.To(new ClientRoute(node, port, Way.hostPort, false));
    }

    private Result toService(String written) {
        int colon = written.indexOf(':');
        String name = colon < 0 ? written : written.substring(0, colon);
        String wanted = colon < 0 ? null : written.substring(colon + 1);
        Optional<Service> found = around.services().stream()
                .filter(service -> service.getMetadata().getName().equals(name))
                .findFirst();
        if (found.isEmpty()) {
            return nowhere(
                    TargetRefusals.noSuchService(server.pod().getMetadata().getNamespace(), name));
        }
        Service service = found.get();
        if (!selects(service, server.pod())) {
            return nowhere(TargetRefusals.notSelected(server.workload(), server.name(), name));
        }
        if (address(service) == null) {
            return nowhere(TargetRefusals.headless(name));
        }
        List<ServicePort> ports = service.getSpec().getPorts().stream()
                .filter(port -> port.getProtocol() == null || port.getProtocol().equals("TCP"))
                .filter(port -> wanted == null
                        || wanted.equals(port.getName())
                        || wanted.equals(String.valueOf(port.getPort())))
                .toList();
        if (ports.size() != 1) {
            return nowhere(TargetRefusals.notOnePort(service, wanted));
        }
        ServicePort port = ports.getFirst();
        return leadsTo(port)
                ? to(service, port)
                : nowhere(TargetRefusals.leadsElsewhere(service, port, server.name(), server.port()));
    }

    private Result to(Service service, ServicePort port) {
        boolean others = around.pods().stream()
                .filter(pod -> !pod.getMetadata()
                        .getUid()
                        .equals(server.pod().getMetadata().getUid()))
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .anyMatch(pod -> selects(service, pod));
        // With the policy Local, each node sends connections only to endpoints on the same node.
        boolean sameEverywhere = !"Local".equals(service.getSpec().getInternalTrafficPolicy());
        return new Result.To(new ClientRoute(
                service.getSpec().getClusterIP(),
                port.getPort(),
                Way.service,
                others,
                sameEverywhere ? service.getMetadata().getName() : null));
    }

    private boolean leadsTo(ServicePort port) {
        return leadsTo(port, server);
    }

    /** Whether a Service's port forwards to the server's port. */
    static boolean leadsTo(ServicePort port, Server server) {
        IntOrString target = port.getTargetPort();
        if (target == null) {
            return port.getPort() == server.port();
        }
        if (target.getIntVal() != null) {
            return target.getIntVal() == server.port();
        }
        return server.pod().getSpec().getContainers().stream()
                .flatMap(container -> container.getPorts().stream())
                .filter(one -> target.getStrVal().equals(one.getName()))
                .map(ContainerPort::getContainerPort)
                .anyMatch(one -> one == server.port());
    }

    private Result toUrl(String written) {
        ClientUrl url = ClientUrl.parse(written);
        if (!around.hosts().allows(url.host())) {
            return nowhere(TargetRefusals.urlNotAllowed(url.host()));
        }
        Optional<InetAddress> address = around.address(url.host());
        if (address.isEmpty()) {
            return nowhere(TargetRefusals.unknownHost(url.host()));
        }
        if (ClientHosts.isNear(address.get())) {
            return nowhere(TargetRefusals.nearAddress(url.host(), address.get()));
        }
        return new Result.To(new ClientRoute(address.get().getHostAddress(), url.port(), Way.url, true));
    }

    static boolean selects(Service service, Pod pod) {
        Map<String, String> selector = ObjectLabels.orEmpty(service.getSpec().getSelector());
        return !selector.isEmpty()
                && ObjectLabels.orEmpty(pod.getMetadata().getLabels())
                        .entrySet()
                        .containsAll(selector.entrySet());
    }

    /** Returns the cluster IP of a Service; null if it has none, as a headless Service. */
    private static @Nullable String address(Service service) {
        String ip = service.getSpec().getClusterIP();
        return ip == null || ip.isEmpty() || ip.equals("None") ? null : ip;
    }

    private static Result nowhere(Refused refused) {
        return new Result.Nowhere(refused);
    }
}
