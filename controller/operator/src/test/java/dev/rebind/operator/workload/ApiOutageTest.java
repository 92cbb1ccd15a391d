package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rebind.agent.http.KubernetesClients;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An API server that does not answer")
class ApiOutageTest {
    /** A server that says one thing on each connection, and nothing more. */
    private static final class Says implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Socket> accepted = new CopyOnWriteArrayList<>();
        private volatile String what;

        Says(String what) throws IOException {
            this.what = what;
            Thread.ofVirtual().start(this::serve);
        }

        private void serve() {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    accepted.add(socket);
                    if (socket.getInputStream().read() >= 0) {
                        socket.getOutputStream().write(what.getBytes(StandardCharsets.UTF_8));
                    }
                } catch (IOException e) {
                    if (!server.isClosed()) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        }

        KubernetesClient client() {
            Config config = new ConfigBuilder(Config.empty())
                    .withMasterUrl("http://127.0.0.1:" + server.getLocalPort() + "/")
                    .withRequestTimeout(200)
                    .withConnectionTimeout(200)
                    .withRequestRetryBackoffLimit(0)
                    .build();
            return KubernetesClients.builder(Duration.ofMillis(200))
                    .withConfig(config)
                    .build();
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket socket : accepted) {
                socket.close();
            }
        }
    }

    private static final String BODY = """
            {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web-0", "namespace": "shop", "uid": "u"}}
            """;
    private static final String HEADERS =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + BODY.length() + "\r\n\r\n";

    private static void get(KubernetesClient client) {
        client.pods().inNamespace("shop").withName("web-0").get();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\n", HEADERS_AND_HALF, UNAVAILABLE})
    @DisplayName("is told from one that refuses, at whatever moment of the answer it stands still")
    void standsStill(String said) throws Exception {
        try (var server = new Says(said);
                KubernetesClient client = server.client()) {
            KubernetesClientException failure =
                    catchThrowableOfType(KubernetesClientException.class, () -> get(client));
            assertThat(failure).isNotNull().matches(ApiOutage::is, "is an outage");
        }
    }

    /** The body ends in its midst. */
    private static final String HEADERS_AND_HALF =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"kind\": \"Pod\", ";

    private static final String UNAVAILABLE = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

    @Test
    @DisplayName("is not one that forbids")
    void forbids() throws Exception {
        try (var server = new Says("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
                KubernetesClient client = server.client()) {
            KubernetesClientException failure =
                    catchThrowableOfType(KubernetesClientException.class, () -> get(client));
            assertThat(failure).isNotNull().matches(refused -> !ApiOutage.is(refused), "is a refusal");
        }
    }

    @Test
    @DisplayName("is asked again until it answers")
    void waitsOut() throws Exception {
        try (var server = new Says(HEADERS_AND_HALF);
                KubernetesClient client = server.client()) {
            var asked = new AtomicInteger();
            var pod = ApiOutage.waitOut(
                    () -> {
                        if (asked.incrementAndGet() == 3) {
                            server.what = HEADERS + BODY;
                        }
                        return client.pods()
                                .inNamespace("shop")
                                .withName("web-0")
                                .get();
                    },
                    Duration.ofMillis(1));
            assertThat(pod.getMetadata().getName()).isEqualTo("web-0");
            assertThat(asked).hasValue(3);
        }
    }
}
