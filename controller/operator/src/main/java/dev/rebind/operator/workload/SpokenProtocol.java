package dev.rebind.operator.workload;

import dev.rebind.experiment.clients.Header;
import dev.rebind.experiment.clients.Http;
import dev.rebind.experiment.clients.HttpVersion;
import dev.rebind.experiment.clients.Protocol;
import dev.rebind.experiment.clients.TargetProtocol;
import dev.rebind.experiment.clients.Tls;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which protocol the server of a workload speaks. It asks in this order: an httpGet probe of the server's
 * port, the port's name, and the appProtocol of a Service's port that leads there. If none of them names a protocol,
 * the answer is tcp.
 */
final class SpokenProtocol {
    /**
     * Clients do not check the certificate. The kubelet's probes do not check it either, and the certificate seldom
     * names the address to which clients connect.
     */
    private static final Tls UNCHECKED = new Tls(null, null, true, null);

    private final ClientRoutes.Server server;
    private final Container container;
    private final TargetNamespace around;

    private SpokenProtocol(ClientRoutes.Server server, Container container, TargetNamespace around) {
        this.server = server;
        this.container = container;
        this.around = around;
    }

    static TargetProtocol of(ClientRoutes.Server server, Container container, TargetNamespace around) {
        var spoken = new SpokenProtocol(server, container, around);
        return spoken.probed()
                .or(spoken::named)
                .or(spoken::served)
                .orElseGet(() -> new TargetProtocol(
                        Protocol.tcp,
                        null,
                        null,
                        "no probe, no name of a port and no Service says that port " + server.port() + " has HTTP"));
    }

    private Optional<TargetProtocol> probed() {
        return Stream.of(
                        probed("readinessProbe", container.getReadinessProbe()),
                        probed("livenessProbe", container.getLivenessProbe()),
                        probed("startupProbe", container.getStartupProbe()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<TargetProtocol> probed(String name, @Nullable Probe probe) {
        HTTPGetAction asked = probe == null ? null : probe.getHttpGet();
        if (asked == null || !isServers(asked.getPort())) {
            return Optional.empty();
        }
        String path = asked.getPath() == null || asked.getPath().isEmpty() ? "/" : asked.getPath();
        List<Header> headers = asked.getHttpHeaders().stream()
                .map((HTTPHeader header) -> new Header(header.getName(), header.getValue()))
                .toList();
        boolean tls = "HTTPS".equals(asked.getScheme());
        return Optional.of(new TargetProtocol(
                tls ? Protocol.https : Protocol.http,
                http(path, headers.isEmpty() ? null : headers, null),
                tls ? UNCHECKED : null,
                "the " + name + " of container " + container.getName() + " does"));
    }

    private boolean isServers(@Nullable IntOrString port) {
        if (port == null) {
            return false;
        }
        return port.getIntVal() != null
                ? port.getIntVal() == server.port()
                : ports().anyMatch(one -> port.getStrVal().equals(one.getName()));
    }

    private Stream<ContainerPort> ports() {
        return container.getPorts().stream()
                .filter(port -> port.getProtocol() == null || port.getProtocol().equals("TCP"))
                .filter(port -> port.getContainerPort() == server.port());
    }

    private Optional<TargetProtocol> named() {
        return ports().map(ContainerPort::getName)
                .filter(Objects::nonNull)
                .flatMap(name -> {
                    String why = "the name of port " + server.port() + " is " + name;
                    return isNamed(name, "https")
                            ? Stream.of(new TargetProtocol(Protocol.https, null, UNCHECKED, why))
                            : isNamed(name, "http")
                                    ? Stream.of(new TargetProtocol(Protocol.http, null, null, why))
                                    : Stream.empty();
                })
                .findFirst();
    }

    private static boolean isNamed(String name, String protocol) {
        return name.equals(protocol) || name.startsWith(protocol + "-");
    }

    private Optional<TargetProtocol> served() {
        return around.services().stream()
                .filter(service -> ClientRoutes.selects(service, server.pod()))
                .flatMap(service -> service.getSpec().getPorts().stream()
                        .filter(port -> ClientRoutes.leadsTo(port, server))
                        .map(port -> served(service.getMetadata().getName(), port)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Reads appProtocol, whose values come from IANA's service names and from KEP-3726. */
    private static Optional<TargetProtocol> served(String service, ServicePort port) {
        String said = port.getAppProtocol();
        String why = "appProtocol of port " + port.getPort() + " of Service " + service + " is " + said;
        return switch (said) {
            case "http" -> Optional.of(new TargetProtocol(Protocol.http, null, null, why));
            case "https" -> Optional.of(new TargetProtocol(Protocol.https, null, UNCHECKED, why));
            case "kubernetes.io/h2c" ->
                Optional.of(new TargetProtocol(Protocol.http, http("/", null, HttpVersion.http2), null, why));
            case null, default -> Optional.empty();
        };
    }

    private static Http http(String path, @Nullable List<Header> headers, @Nullable HttpVersion version) {
        return new Http(null, path, headers, null, null, null, null, version, null, null, null);
    }
}
