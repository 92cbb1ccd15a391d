package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.clients.Clients;
import dev.rebind.experiment.clients.HttpVersion;
import dev.rebind.experiment.clients.Protocol;
import dev.rebind.experiment.clients.TargetProtocol;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the clients of a workload speak, as the API server's answers say; an HTTP server gives them. */
class SpokenProtocolTest {
    private static final String REF = """
            target: {workloadRef: {kind: Deployment, name: web, port: 8080}}
            restart: {mode: container}
            """;

    private final Map<String, String> answers = new HashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private FakeApiServer apiServer;

    @BeforeEach
    void serve() throws IOException {
        apiServer = new FakeApiServer(path -> {
            asked.add(path);
            return new FakeApiServer.Answer(
                    200, answers.getOrDefault(path, "{\"kind\": \"List\", \"apiVersion\": \"v1\", \"items\": []}"));
        });
        answers.put(
                "/api/v1/namespaces/shop",
                "{\"kind\": \"Namespace\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"shop\", \"labels\": {\"rebind.dev/experiments\": \"allowed\"}}}");
        answers.put("/apis/apps/v1/namespaces/shop/deployments/web", """
            {"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "web", "namespace": "shop", "uid": "1"},
             "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}}}
            """);
    }

    @AfterEach
    void close() {
        apiServer.close();
    }

    /** @param container what the container of the pod has, as JSON */
    private void pod(String container) {
        answers.put("/api/v1/namespaces/shop/pods", """
            {"kind": "PodList", "apiVersion": "v1", "items": [{
              "metadata": {"name": "web-0", "namespace": "shop", "uid": "2", "labels": {"app": "web"}},
              "spec": {"nodeName": "node-1", "containers": [{"name": "web", %s}]},
              "status": {"phase": "Running", "podIP": "10.1.0.7", "hostIP": "192.168.0.5",
                         "conditions": [{"type": "Ready", "status": "True"}]}}]}
            """.formatted(container));
    }

    private void service(String port) {
        answers.put("/api/v1/namespaces/shop/services", """
            {"kind": "ServiceList", "apiVersion": "v1", "items": [{
              "metadata": {"name": "front", "namespace": "shop"},
              "spec": {"clusterIP": "10.96.0.9", "selector": {"app": "web"}, "ports": [{%s}]}}]}
            """.formatted(port));
    }

    private TargetPod target(String spec) {
        ExperimentSpec read = Specs.spec(REF + spec);
        LookupResult lookup = new TargetLookup(apiServer.client()).find("shop", read, false);
        assertThat(lookup).isInstanceOf(LookupResult.Found.class);
        return ((LookupResult.Found) lookup).target();
    }

    @Test
    @DisplayName(
            "When a server has Rebind's agent, then the agent of its node is known too, for when that one is silent")
    void nodeAgent() {
        pod(
                "\"ports\": [{\"name\": \"server\", \"containerPort\": 8080}, {\"name\": \"agent\", \"containerPort\": 7070}]");
        answers.put("/api/v1/namespaces/rebind/pods", """
            {"kind": "PodList", "apiVersion": "v1", "items": [{
              "metadata": {"name": "node-agent-1", "namespace": "rebind", "uid": "3"},
              "spec": {"nodeName": "node-1", "containers": [{"name": "agent", "ports": [{"name": "agent", "containerPort": 7071}]}]},
              "status": {"podIP": "192.168.0.5", "conditions": [{"type": "Ready", "status": "True"}]}}]}
            """);
        TargetPod target = target("");
        assertThat(target.agent()).isEqualTo(URI.create("http://10.1.0.7:7070"));
        assertThat(target.nodeAgent()).isNotNull();
    }

    private TargetProtocol spoken() {
        return Objects.requireNonNull(target("").spoken());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "readinessProbe, HTTP, http, clients speak http to /healthz",
        "livenessProbe, HTTP, http, clients speak http to /healthz",
        "startupProbe, HTTPS, https, clients speak https to /healthz",
    })
    @DisplayName("When a probe asks the server's port by HTTP, then clients ask for the same")
    void probe(String probe, String scheme, Protocol protocol, String told) {
        pod("\"ports\": [{\"name\": \"main\", \"containerPort\": 8080}], \"" + probe
                + "\": {\"httpGet\": {\"path\": \"/healthz\", \"port\": \"main\", \"scheme\": \"" + scheme
                + "\", \"httpHeaders\": [{\"name\": \"Host\", \"value\": \"shop.example\"}]}}");

        TargetProtocol spoken = spoken();
        assertThat(spoken.protocol()).isEqualTo(protocol);
        assertThat(Objects.requireNonNull(Objects.requireNonNull(spoken.http()).headers()))
                .singleElement()
                .satisfies(header -> assertThat(header.value()).isEqualTo("shop.example"));
        assertThat(spoken)
                .asString()
                .isEqualTo(told + ", as the " + probe + " of container web does"
                        + (protocol == Protocol.https ? ", and no certificate is checked" : ""));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "http, http",
        "http-metrics, http",
        "https, https",
        "https-alt, https",
        "httpd, tcp",
        "web, tcp",
    })
    @DisplayName("When no probe asks by HTTP, then the name of the port says what clients speak")
    void name(String name, Protocol protocol) {
        pod("\"ports\": [{\"name\": \"" + name
                + "\", \"containerPort\": 8080}, {\"name\": \"http\", \"containerPort\": 9}],"
                + " \"readinessProbe\": {\"tcpSocket\": {\"port\": 8080}},"
                + " \"livenessProbe\": {\"httpGet\": {\"port\": 9090, \"path\": \"/metrics\"}}");

        assertThat(spoken().protocol()).isEqualTo(protocol);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "http, 8080, http",
        "https, 8080, https",
        "kubernetes.io/h2c, 8080, http",
        "postgresql, 8080, tcp",
        "http, 9090, tcp",
    })
    @DisplayName(
            "When neither a probe nor a name says it, then the appProtocol of a Service's port that leads there does")
    void service(String appProtocol, int targetPort, Protocol protocol) {
        pod("\"ports\": [{\"containerPort\": 8080}]");
        service("\"port\": 80, \"targetPort\": " + targetPort + ", \"appProtocol\": \"" + appProtocol + "\"");

        TargetProtocol spoken = spoken();
        assertThat(spoken.protocol()).isEqualTo(protocol);
        if (appProtocol.endsWith("h2c")) {
            assertThat(Objects.requireNonNull(spoken.http()).version()).isEqualTo(HttpVersion.http2);
        }
        assertThat(spoken)
                .asString()
                .contains(
                        protocol == Protocol.tcp
                                ? "no probe, no name of a port and no Service says that port 8080 has HTTP"
                                : "appProtocol of port 80 of Service front is " + appProtocol);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "'clients: {protocol: tcp}', tcp",
        "'clients: {protocol: rebind}', rebind",
        "'clients: {tls: {insecure: true}}', https",
        "'clients: {behaviour: echo}',",
        "'clients: {connections: 0}',",
    })
    @DisplayName("When the experiment says what clients speak, or has none, then the target is not asked")
    void written(String clients, @Nullable Protocol protocol) {
        pod("\"ports\": [{\"name\": \"http\", \"containerPort\": 8080}]");

        assertThat(target(clients).spoken()).isNull();
        assertThat(Objects.requireNonNull(Specs.spec(clients).clients()))
                .extracting(Clients::spoken)
                .isEqualTo(protocol);
        assertThat(asked).doesNotContain("/api/v1/namespaces/shop/services");
    }

    @Test
    @DisplayName("When the pod has Rebind's agent, then clients speak Rebind's words")
    void ofChart() {
        pod(
                "\"ports\": [{\"name\": \"agent\", \"containerPort\": 7070}, {\"name\": \"server\", \"containerPort\": 8080}]");

        assertThat(target("").spoken()).isNull();
    }
}
