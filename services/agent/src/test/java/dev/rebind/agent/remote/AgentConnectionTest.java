package dev.rebind.agent.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rebind.agent.wire.WireMessages.Done;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** With a server that is not an agent: it writes what it is told, and keeps every connection open. */
class AgentConnectionTest {
    private final ServerSocket server;
    private final Queue<Socket> accepted = new ConcurrentLinkedQueue<>();
    private volatile String writes = "";

    AgentConnectionTest() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @BeforeEach
    void serve() {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket one = server.accept();
                    accepted.add(one);
                    one.getOutputStream().write(writes.getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException e) {
                assertThat(server.isClosed()).isTrue();
            }
        });
    }

    @AfterEach
    void end() throws IOException {
        server.close();
        for (Socket one : accepted) {
            one.close();
        }
    }

    private AgentConnection connection() {
        return new AgentConnection(
                URI.create("http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort()),
                () -> "token");
    }

    @Test
    @DisplayName("When an answer stops before its end, then the agent counts as one that cannot be reached")
    void stopsInTheMidst() {
        writes = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
        try (AgentConnection connection = connection()) {
            assertThatThrownBy(() -> connection.get("/v1/agent", Done.class, Duration.ofMillis(300)))
                    .isInstanceOf(AgentException.class)
                    .hasMessageEndingWith("cannot be reached: its answer stopped before its end");
        }
    }

    @Test
    @DisplayName(
            "When a connection is closed, then a request that waits for its answer ends, and those of others do not")
    void closed() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                AgentConnection other = connection()) {
            AgentConnection connection = connection();
            Future<Done> closed = threads.submit(() -> connection.get("/v1/agent", Done.class, Duration.ofHours(1)));
            await().until(() -> accepted.size() == 1);
            Future<Done> goesOn = threads.submit(() -> other.get("/v1/agent", Done.class, Duration.ofHours(1)));
            await().until(() -> accepted.size() == 2);

            connection.close();

            assertThatThrownBy(closed::get)
                    .hasCauseInstanceOf(AgentException.class)
                    .hasMessageContaining("closed");
            assertThat(goesOn.isDone()).isFalse();
        }
    }
}
