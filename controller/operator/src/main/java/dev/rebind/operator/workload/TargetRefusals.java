package dev.rebind.operator.workload;

import dev.rebind.experiment.workload.WorkloadRef;
import dev.rebind.operator.workload.LookupResult.Refused;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the refusals of targets. Each message says what the user can do next. Pure. */
final class TargetRefusals {
    private TargetRefusals() {}

    static Refused notAllowed(String namespace) {
        return new Refused(
                "NamespaceNotAllowed",
                "Namespace " + namespace + " does not allow experiments; kubectl label namespace " + namespace + " "
                        + NamespaceOptIn.LABEL + "=" + NamespaceOptIn.VALUE,
                true);
    }

    static Refused missing(String namespace, WorkloadRef ref) {
        return new Refused(
                "NoTarget",
                "spec.target.workloadRef: namespace " + namespace + " has no " + ref.kind() + " " + ref.name(),
                true);
    }

    /** @param servers the chart's servers in the namespace: none, or several */
    static Refused notOne(String namespace, List<Workload> servers) {
        return servers.isEmpty()
                ? new Refused(
                        "NoTarget",
                        "Namespace " + namespace
                                + " has no server of Rebind's chart; install one (server.enabled), or name"
                                + " a workload in spec.target.workloadRef",
                        true)
                : new Refused(
                        "SeveralTargets",
                        "Namespace " + namespace + " has several servers of Rebind's chart ("
                                + servers.stream().map(Workload::name).sorted().collect(Collectors.joining(", "))
                                + "); name one in spec.target.workloadRef",
                        true);
    }

    static Refused noPod(Workload workload) {
        return new Refused("NoTarget", workload.name() + " has no pod; scale it to one", true);
    }

    static Refused severalPods(Workload workload, List<Pod> pods) {
        return new Refused(
                "SeveralTargets",
                workload.name() + " has " + pods.size() + " pods ("
                        + pods.stream()
                                .map(pod -> pod.getMetadata().getName())
                                .sorted()
                                .collect(Collectors.joining(", "))
                        + "), and an experiment restarts one unless spec.selection says more; write it, name one of them"
                        + " (kind: Pod), or scale it to one",
                true);
    }

    static Refused tooFewPods(Workload workload, int pods, int wanted) {
        return new Refused(
                "TooFewTargets",
                workload.name() + " has " + pods + " pods, and spec.selection asks for " + wanted,
                true);
    }

    /**
     * Refuses while a restart by the experiment itself is not over. The numbers of its cycles depend on the pods, so
     * all pods must be there.
     */
    static Refused notAllPods(Workload workload, int pods, int replicas) {
        return new Refused(
                "TargetNotReady", workload.name() + " has " + pods + " of its " + replicas + " pods yet", true);
    }

    static Refused noAgent(WorkloadId workload, String pod, String agentPort) {
        return new Refused(
                "NoAgent",
                workload + ": pod " + pod + " has no container with a port named " + agentPort
                        + ", so the server in it cannot be told to restart; write restart.mode: container, pod or"
                        + " rollout, or use a server of Rebind's chart",
                false);
    }

    static Refused noAddress(WorkloadId workload, String pod) {
        return new Refused("TargetNotReady", workload + ": pod " + pod + " has no address yet", true);
    }

    /** @param named the container that the spec names; null if it names none */
    static Refused notOneContainer(WorkloadId workload, Pod pod, @Nullable String named) {
        return new Refused(
                "SeveralContainers",
                workload + ": pod " + pod.getMetadata().getName() + " has "
                        + (named == null
                                ? "several containers; name the server's in spec.target.workloadRef.container"
                                : "no container " + named)
                        + " ("
                        + pod.getSpec().getContainers().stream()
                                .map(Container::getName)
                                .collect(Collectors.joining(", "))
                        + ")",
                false);
    }

    static Refused noServerPort(WorkloadId workload, String pod, String serverPort) {
        return new Refused(
                "NoPort",
                workload + ": pod " + pod + " has no port named " + serverPort + "; write spec.target.server.port",
                false);
    }

    static Refused noContainerPort(WorkloadId workload, String pod, String container) {
        return new Refused(
                "NoPort",
                workload + ": pod " + pod + ": container " + container
                        + " names no port, or several; write spec.target.workloadRef.port",
                false);
    }

    /** @param chart whether Rebind's chart installed the server */
    static Refused noService(WorkloadId workload, boolean chart) {
        return new Refused(
                "NoService",
                workload + ": each pod has another address, and no Service with an address of its own leads to it;"
                        + (chart
                                ? " make one (server.service.enabled), or use server.network: hostNetwork"
                                : " make one, or write spec.clients.connections: 0"),
                true);
    }

    static Refused podMoves(WorkloadId workload) {
        return new Refused(
                "NoService",
                "spec.clients.via.pod: each new pod of " + workload
                        + " has another address; write via.service, or restart.mode: container",
                false);
    }

    static Refused noHostPort(WorkloadId workload, String pod, int port) {
        return new Refused(
                "NoPort",
                "spec.clients.via.hostPort: " + workload + ": pod " + pod + " has no hostPort for port " + port
                        + "; write another way, or give its container one",
                false);
    }

    static Refused noSuchService(String namespace, String service) {
        return new Refused(
                "NoService", "spec.clients.via.service: namespace " + namespace + " has no Service " + service, true);
    }

    static Refused notSelected(WorkloadId workload, String pod, String service) {
        return new Refused(
                "NoService",
                "spec.clients.via.service: Service " + service + " does not select pod " + pod + " of " + workload
                        + "; name one whose selector does",
                true);
    }

    static Refused headless(String service) {
        return new Refused(
                "NoService",
                "spec.clients.via.service: Service " + service
                        + " is headless, and has no address of its own; name another, or write via.pod",
                false);
    }

    /** @param wanted number or name of the port that the experiment names; null if it names none */
    static Refused notOnePort(Service service, @Nullable String wanted) {
        String name = service.getMetadata().getName();
        return new Refused(
                "NoService",
                "spec.clients.via.service: Service " + name + " has "
                        + (wanted == null ? "not one TCP port" : "no TCP port " + wanted) + " ("
                        + service.getSpec().getPorts().stream()
                                .map(TargetRefusals::text)
                                .collect(Collectors.joining(", "))
                        + "); write " + name + ":PORT with one of them",
                false);
    }

    static Refused leadsElsewhere(Service service, ServicePort port, String pod, int serverPort) {
        return new Refused(
                "NoService",
                "spec.clients.via.service: port " + text(port) + " of Service "
                        + service.getMetadata().getName() + " leads to another port of pod " + pod + " than "
                        + serverPort + ", which the server binds; name the port that leads there",
                true);
    }

    private static String text(ServicePort port) {
        return port.getName() == null ? String.valueOf(port.getPort()) : port.getPort() + " " + port.getName();
    }

    static Refused urlNotAllowed(String host) {
        return new Refused(
                "UrlNotAllowed",
                "spec.clients.via.url: this controller sends no clients to " + host
                        + "; whoever installed it can allow it (clients.allowedHosts)",
                false);
    }

    static Refused noCertificates(String why) {
        return new Refused("NoCertificates", "spec.clients.tls.caFrom: " + why, true);
    }

    static Refused unknownHost(String host) {
        return new Refused("UnknownHost", "spec.clients.via.url: the controller finds no address of " + host, true);
    }

    static Refused nearAddress(String host, InetAddress address) {
        return new Refused(
                "UrlNotAllowed",
                "spec.clients.via.url: " + host + " is " + address.getHostAddress()
                        + ", an address of the clients' own pod or link; name another host",
                false);
    }

    static Refused notMadeAgain(WorkloadId workload) {
        return new Refused(
                "NoOwner",
                workload + ": nobody makes a pod of this name again once it is evicted; name its owner in"
                        + " spec.target.workloadRef, or write restart.mode: container",
                false);
    }

    static Refused noTemplate(WorkloadId workload) {
        return new Refused(
                "NoOwner",
                workload + ": a pod has no template; name its owner in spec.target.workloadRef, or write"
                        + " restart.mode: container",
                false);
    }
}
