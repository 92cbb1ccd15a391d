package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.engine.ClientRoute;
import dev.rebind.engine.ClientRoute.Way;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.workload.TargetPod.Network;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientRoutesTest {
    private final Shop shop = new Shop();

    /** A namespace with what a test puts into it. */
    private static final class Shop implements TargetNamespace {
        private final List<Service> services = new ArrayList<>();
        private final List<Pod> pods = new ArrayList<>(List.of(pod("web-0", "web")));
        private ClientHosts hosts = ClientHosts.NONE;
        private @Nullable String address;

        @Override
        public List<Service> services() {
            return services;
        }

        @Override
        public List<Pod> pods() {
            return pods;
        }

        @Override
        public ClientHosts hosts() {
            return hosts;
        }

        @Override
        public Optional<InetAddress> address(String host) {
            return Optional.ofNullable(address).map(InetAddress::ofLiteral);
        }
    }

    private static Pod pod(String name, String app) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName(name)
                .withUid("uid-" + name)
                .addToLabels("app", app)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("web")
                .addNewPort()
                .withName("http")
                .withContainerPort(8080)
                .endPort()
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPodIP("10.1.0.7")
                .withHostIP("192.168.0.5")
                .endStatus()
                .build();
    }

    private static ServicePort port(@Nullable String name, int port, IntOrString target) {
        return new ServicePortBuilder()
                .withName(name)
                .withPort(port)
                .withTargetPort(target)
                .build();
    }

    private static Service service(String name, String app, String address, ServicePort... ports) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withClusterIP(address)
                .addToSelector("app", app)
                .withPorts(ports)
                .endSpec()
                .build();
    }

    private ClientRoutes.Result via(String via, Mode mode, Network network, @Nullable Integer hostPort) {
        return ClientRoutes.of(
                Specs.spec("clients: {via: {" + via + "}}"),
                new ClientRoutes.Server(
                        new WorkloadId("Deployment", "web", "uid"),
                        shop.pods.getFirst(),
                        mode,
                        network,
                        8080,
                        hostPort,
                        false,
                        false),
                shop);
    }

    private ClientRoute to(String via) {
        return ((ClientRoutes.Result.To) via(via, Mode.container, Network.pod, null)).route();
    }

    private String refused(String via) {
        return ((ClientRoutes.Result.Nowhere) via(via, Mode.container, Network.pod, null))
                .refused()
                .message();
    }

    @Test
    @DisplayName("When a Service is named, then clients connect to its address and the port that leads to the server's")
    void service() {
        shop.services.add(service(
                "web",
                "web",
                "10.96.0.7",
                port("http", 80, new IntOrString("http")),
                port("admin", 81, new IntOrString(9090))));
        var expected = new ClientRoute("10.96.0.7", 80, Way.service, false, "web");

        assertThat(to("service: 'web:http'")).isEqualTo(expected);
        assertThat(to("service: 'web:80'")).isEqualTo(expected);
        assertThat(refused("service: web"))
                .isEqualTo(
                        "spec.clients.via.service: Service web has not one TCP port (80 http, 81 admin); write web:PORT"
                                + " with one of them");
        assertThat(refused("service: 'web:82'")).contains("has no TCP port 82 (80 http, 81 admin)");
        assertThat(refused("service: 'web:admin'"))
                .contains("port 81 admin of Service web leads to another port of pod web-0 than 8080");
    }

    @Test
    @DisplayName("When a Service selects other pods too, then others may answer; those that are going away do not")
    void others() {
        shop.services.add(service("web", "web", "10.96.0.7", port(null, 80, new IntOrString(8080))));
        shop.pods.add(pod("db-0", "db"));
        shop.pods.add(pod("web-old", "web")
                .edit()
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build());
        assertThat(to("service: web").othersAnswer()).isFalse();

        shop.pods.add(pod("web-1", "web"));
        assertThat(to("service: web").othersAnswer()).isTrue();
    }

    @Test
    @DisplayName(
            "When a Service is not there, does not select the pod or is headless, then that is said, with what to do")
    void noService() {
        assertThat(refused("service: web")).isEqualTo("spec.clients.via.service: namespace shop has no Service web");
        shop.services.add(service("db", "db", "10.96.0.8", port(null, 80, new IntOrString(8080))));
        assertThat(refused("service: db"))
                .isEqualTo("spec.clients.via.service: Service db does not select pod web-0 of Deployment/web; name one"
                        + " whose selector does");
        shop.services.add(service("web", "web", "None", port(null, 80, new IntOrString(8080))));
        assertThat(refused("service: web")).contains("is headless");
    }

    @Test
    @DisplayName(
            "When the node's port is asked for, then it is that of the mapping, or the server's own on the host's network")
    void hostPort() {
        assertThat(via("hostPort: true", Mode.container, Network.hostPort, 18_080))
                .isEqualTo(new ClientRoutes.Result.To(new ClientRoute("192.168.0.5", 18_080, Way.hostPort, false)));
        assertThat(via("hostPort: true", Mode.container, Network.hostNetwork, null))
                .isEqualTo(new ClientRoutes.Result.To(new ClientRoute("192.168.0.5", 8080, Way.hostPort, false)));
        assertThat(refused("hostPort: true")).contains("pod web-0 has no hostPort for port 8080");
    }

    @Test
    @DisplayName("When the pod is asked for, then the node's mapping is passed by, and a pod that moves is refused")
    void pod() {
        assertThat(via("pod: true", Mode.container, Network.hostPort, 18_080))
                .isEqualTo(new ClientRoutes.Result.To(new ClientRoute("10.1.0.7", 8080, Way.pod, false)));
        assertThat(via("pod: true", Mode.rollout, Network.pod, null))
                .isInstanceOfSatisfying(
                        ClientRoutes.Result.Nowhere.class,
                        nowhere -> assertThat(nowhere.refused().message())
                                .contains("each new pod of Deployment/web has another address"));
    }

    @Test
    @DisplayName(
            "When a URL is written, then clients connect to its host's address only where the controller allows the host")
    void url() {
        shop.address = "203.0.113.7";
        assertThat(refused("url: 'https://shop.example.com/health'"))
                .isEqualTo(
                        "spec.clients.via.url: this controller sends no clients to shop.example.com; whoever installed"
                                + " it can allow it (clients.allowedHosts)");
        shop.hosts = new ClientHosts(List.of("*.example.com"));
        assertThat(to("url: 'https://shop.example.com/health'"))
                .isEqualTo(new ClientRoute("203.0.113.7", 443, Way.url, true));
        assertThat(refused("url: 'https://example.com.evil.test/'")).contains("no clients to example.com.evil.test");
        shop.address = null;
        assertThat(refused("url: 'https://shop.example.com/'")).contains("finds no address of shop.example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "169.254.169.254", "fe80::1", "0.0.0.0", "::ffff:127.0.0.1"})
    @DisplayName("When a name leads to the clients' own pod or link, then it is refused, whatever is allowed")
    void near(String address) {
        shop.hosts = new ClientHosts(List.of("*"));
        shop.address = address;
        assertThat(refused("url: 'http://shop.example.com/'")).contains("an address of the clients' own pod or link");
    }

    @ParameterizedTest
    @CsvSource({
        "*.example.com, shop.example.com, true",
        "*.example.com, SHOP.Example.com., true",
        "*.example.com, example.com, false",
        "*.example.com, shopexample.com, false",
        "example.com, example.com, true",
        "example.com, shop.example.com, false",
        "10.0.0.7, 10.0.0.7, true",
        "*, anything, true",
    })
    @DisplayName("A pattern allows its host, or all names below it")
    void patterns(String pattern, String host, boolean allowed) {
        assertThat(new ClientHosts(List.of(pattern)).allows(host)).isEqualTo(allowed);
    }
}
