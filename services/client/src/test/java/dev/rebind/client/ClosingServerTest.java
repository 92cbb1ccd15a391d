package dev.rebind.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("TCP clients of a server that ends each connection itself")
class ClosingServerTest {
    private static final Tcp ECHO = new Tcp("PING\n", "PING", Duration.ofSeconds(5));

    enum Way {
        /** Reads, answers, closes. */
        echo {
            @Override
            void serve(Socket socket) throws IOException {
                socket.getOutputStream().write(socket.getInputStream().readNBytes(5));
                socket.close();
            }
        },
        /** Speaks first, without reading what it is sent: its close is a reset. */
        daytime {
            @Override
            void serve(Socket socket) throws IOException {
                socket.getOutputStream().write("PING and what time it is\n".getBytes(StandardCharsets.UTF_8));
                socket.close();
            }
        },
        /** Answers, sends its FIN, and waits for the client's. */
        halfClose {
            @Override
            void serve(Socket socket) throws IOException {
                socket.getOutputStream().write(socket.getInputStream().readNBytes(5));
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
                socket.close();
            }
        },
        hold {
            @Override
            void serve(Socket socket) throws IOException {
                socket.getOutputStream().write(socket.getInputStream().readNBytes(5));
            }
        },
        never {
            @Override
            void serve(Socket socket) {}
        };

        abstract void serve(Socket socket) throws IOException;
    }

    private final ClientFixture fixture = new ClientFixture(FreePorts.next());
    private final List<Socket> accepted = Collections.synchronizedList(new ArrayList<>());
    private @Nullable ServerSocket listener;
    private @Nullable Thread accepting;

    @AfterEach
    void close() throws IOException, InterruptedException {
        fixture.close();
        stop();
    }

    private void stop() throws IOException, InterruptedException {
        if (listener != null) {
            listener.close();
        }
        if (accepting != null) {
            // The kernel's listener ends when nobody waits for a connection any more.
            accepting.join();
        }
        for (Socket socket : List.copyOf(accepted)) {
            socket.close();
        }
        accepted.clear();
    }

    private void server(Way way) throws IOException {
        var listening = new ServerSocket();
        listening.setReuseAddress(true);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), fixture.port), 50);
        listener = listening;
        accepting = Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = listening.accept();
                    accepted.add(socket);
                    Thread.ofVirtual().start(() -> {
                        try {
                            way.serve(socket);
                        } catch (IOException gone) {
                            // The test is over, or has stopped the server.
                        }
                    });
                }
            } catch (IOException closed) {
                // The test is over, or has stopped the server.
            }
        });
    }

    private boolean isServed() throws InterruptedException {
        return isServed(fixture.report());
    }

    private static boolean isServed(ClientReport report) {
        return report.served() == report.wanted() && !report.isOutage();
    }

    private long answered() throws InterruptedException {
        return Objects.requireNonNull(fixture.report().requests()).answered();
    }

    /** Every report from now on says so, however often the clients connect meanwhile. */
    private void remainServed() throws InterruptedException {
        long until = answered() + 200;
        while (answered() < until) {
            assertThat(fixture.report()).matches(ClosingServerTest::isServed, "is served");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"echo", "daytime", "halfClose"})
    @DisplayName("Once it has answered all clients they are served, whichever of them connects at the moment")
    void served(Way way) throws Exception {
        server(way);
        fixture.client(5, ECHO);
        await().until(() -> answered() >= 100);
        await().until(this::isServed);

        remainServed();
    }

    @ParameterizedTest
    @EnumSource(names = {"echo", "daytime", "halfClose"})
    @DisplayName("When it is restarted, then the downtime is from the last answer to the first one of the new server")
    void restarted(Way way) throws Exception {
        server(way);
        fixture.client(5, ECHO);
        await().until(() -> answered() >= 100);
        await().until(this::isServed);
        fixture.mark();
        long before = System.nanoTime();
        stop();
        await().until(() -> fixture.report().failedConnects().containsKey("ECONNREFUSED"));
        assertThat(isServed()).isFalse();

        server(way);
        fixture.tell(ClientOrder.bound);
        await().until(this::isServed);

        ClientReport report = fixture.report();
        assertThat(report.outages()).isEqualTo(1);
        assertThat(report.downtimeMs()).isNotNull().isPositive().isLessThan((System.nanoTime() - before) / 1e6);
        remainServed();
    }

    @Test
    @DisplayName("When the new server never answers, then what the old one had answered is no service")
    void neverAgain() throws Exception {
        server(Way.echo);
        fixture.client(5, new Tcp("PING\n", "PING", Duration.ofMillis(100)));
        await().until(() -> answered() >= 100);
        await().until(this::isServed);
        fixture.mark();
        stop();
        server(Way.never);
        fixture.tell(ClientOrder.bound);

        assertThat(isServed()).isFalse();
        await().until(() ->
                Objects.requireNonNull(fixture.report().requests()).failed().getOrDefault(Failure.timeout, 0L) >= 10);
        assertThat(isServed()).isFalse();
        assertThat(fixture.report().downtimeMs()).isNull();
    }

    @Test
    @DisplayName("When the new server holds its connections, then the clients are served, and their loss is an outage")
    void holdsThen() throws Exception {
        server(Way.echo);
        fixture.client(5, ECHO);
        await().until(() -> answered() >= 100);
        await().until(this::isServed);
        fixture.mark();
        stop();
        server(Way.hold);
        fixture.tell(ClientOrder.bound);

        await().until(() -> isServed() && fixture.report().connections() == 5);
    }

    @Test
    @DisplayName("A server that holds its connections and is stopped soon after its first answers has lost them")
    void holds() throws Exception {
        server(Way.hold);
        fixture.client(5, ECHO);
        await().until(this::isServed);
        fixture.mark();
        stop();
        await().until(() -> fixture.report().isOutage());

        server(Way.hold);
        fixture.tell(ClientOrder.bound);
        await().until(this::isServed);

        assertThat(fixture.report().downtimeMs()).isNotNull().isPositive();
    }

    @Test
    @DisplayName("Clients that connect once only are served by the answer that they have had")
    void once() throws Exception {
        server(Way.echo);
        fixture.client(fixture.settings(3).withoutReconnect().traffic(ECHO));

        await().until(() -> fixture.report().ends() == 3);

        assertThat(isServed()).isTrue();
        assertThat(answered()).isEqualTo(3);
    }

    @Test
    @DisplayName("Requests that were all answered leave no time without service")
    void faultless() throws Exception {
        server(Way.echo);
        fixture.client(5, ECHO);
        await().until(() -> answered() >= 100);
        await().until(this::isServed);

        fixture.mark();
        await().until(() -> answered() >= 100);

        assertThat(fixture.report().downtimeMs()).isZero();
    }

    @Test
    @DisplayName("HTTP clients that would keep their connections are served where the server ends each with its answer")
    void http() throws Exception {
        var listening = new ServerSocket(fixture.port, 50, InetAddress.getLoopbackAddress());
        listener = listening;
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = listening.accept();
                    Thread.ofVirtual().start(() -> answer(socket));
                }
            } catch (IOException closed) {
                // The test is over.
            }
        });
        fixture.client(5, HttpRequestsTest.seldom());
        await().until(() -> answered() >= 100);
        await().until(this::isServed);

        remainServed();
    }

    private static void answer(Socket socket) {
        try (socket) {
            var line = new StringBuilder();
            while (line.indexOf("\r\n\r\n") < 0) {
                int read = socket.getInputStream().read();
                if (read < 0) {
                    return;
                }
                line.append((char) read);
            }
            socket.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException gone) {
            // The test is over.
        }
    }
}
