package dev.rebind.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.client.protocol.ClientEvent.Connected;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.protocol.RequestReport;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.client.traffic.Traffic.Tcp;
import dev.rebind.sockets.posix.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TCP clients against servers that are not Rebind's")
class TcpDialogueTest {
    private final ClientFixture fixture = new ClientFixture(FreePorts.next());
    private final List<Socket> accepted = Collections.synchronizedList(new ArrayList<>());
    private @Nullable ServerSocket listener;

    @AfterEach
    void close() throws IOException {
        fixture.close();
        stop();
    }

    private void stop() throws IOException {
        if (listener != null) {
            listener.close();
        }
        for (Socket socket : List.copyOf(accepted)) {
            socket.close();
        }
        accepted.clear();
    }

    /** Accepts connections, and says this on each; null: nothing. */
    private void server(@Nullable String says) throws IOException {
        var listening = new ServerSocket();
        listening.setReuseAddress(true);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), fixture.port), 50);
        listener = listening;
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = listening.accept();
                    accepted.add(socket);
                    if (says != null) {
                        socket.getOutputStream().write(says.getBytes(StandardCharsets.UTF_8));
                    }
                }
            } catch (IOException closed) {
                // The test is over, or has closed the listener.
            }
        });
    }

    private RequestReport requests() throws InterruptedException {
        return Objects.requireNonNull(fixture.report().requests());
    }

    @Test
    @DisplayName("With a server that speaks first, the greeting counts as the answer")
    void speaksFirst() throws Exception {
        server("220 welcome\r\n");
        fixture.client(3, new Tcp(null, "220 ", Duration.ofSeconds(5)));

        fixture.await(Connected.class);

        assertThat(requests().answered()).isEqualTo(3);
        assertThat(requests().failed()).isEmpty();
    }

    @Test
    @DisplayName("A connection that waits for its answer at the mark is a request among those that were sent")
    void waitingAtTheMark() throws Exception {
        server(null);
        fixture.client(1, new Tcp(null, "220 ", Duration.ofSeconds(30)));
        await().until(() -> fixture.report().connections() == 1 && accepted.size() == 1);

        fixture.mark();
        accepted.getFirst().getOutputStream().write("220 welcome".getBytes(StandardCharsets.UTF_8));
        await().until(() -> requests().answered() == 1);

        assertThat(requests().sent()).isEqualTo(1);
    }

    @Test
    @DisplayName("With a server that never speaks, an expected answer times out; without an expected one it is served")
    void neverSpeaks() throws Exception {
        server(null);
        fixture.client(1, new Tcp("PING\r\n", "PONG", Duration.ofMillis(100)));
        await().until(() -> requests().failed().getOrDefault(Failure.timeout, 0L) >= 2);
        assertThat(fixture.report().served()).isZero();
        fixture.close();

        fixture.client(2, new Tcp(null, null, Duration.ofSeconds(5)));
        fixture.await(Connected.class);
        assertThat(fixture.report().connections()).isEqualTo(2);
    }

    @Test
    @DisplayName("The downtime of connections that are held begins when they are lost, not when they were made")
    void downtime() throws Exception {
        server(null);
        fixture.client(2, new Tcp(null, null, Duration.ofSeconds(5)));
        fixture.await(Connected.class);
        fixture.mark();
        long lost = System.nanoTime();
        stop();
        await().until(() -> fixture.report().failedConnects().containsKey("ECONNREFUSED"));
        server(null);
        await().until(() -> fixture.report().served() == 2);
        double most = (System.nanoTime() - lost) / 1e6;

        ClientReport report = fixture.report();
        assertThat(report.outages()).isEqualTo(1);
        assertThat(report.downtimeMs()).isNotNull().isPositive().isLessThan(most);
        assertThat(requests().failed()).containsOnlyKeys(Failure.refused);
    }

    @Test
    @DisplayName("A server that closes before the expected answer came has closed early")
    void closesEarly() throws Exception {
        server("busy");
        fixture.client(1, new Tcp(null, "220 ", Duration.ofSeconds(5)));
        await().until(() -> !accepted.isEmpty() && fixture.report().bytesReceived() >= 4);

        for (Socket socket : List.copyOf(accepted)) {
            socket.close();
        }

        await().until(() -> requests().failed().getOrDefault(Failure.closed_early, 0L) >= 1);
        assertThat(requests().answered()).isZero();
    }
}
