package dev.rebind.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.child.protocol.StopWay;
import dev.rebind.client.connection.ClientSettings.Behaviour;
import dev.rebind.client.protocol.ClientEvent.Connected;
import dev.rebind.client.protocol.ClientEvent.Measured;
import dev.rebind.client.protocol.ClientEvent.Said;
import dev.rebind.client.protocol.ClientEvent.Stopped;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.traffic.Traffic;
import dev.rebind.server.listener.ServerSettings.Service;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("What the client does with its connections")
class BehaviourTest {
    private final ClientFixture fixture = new ClientFixture(FreePorts.next());

    @AfterEach
    void close() {
        fixture.close();
    }

    private static List<TcpSocket> sockets(SocketQuery query) {
        return switch (SocketReaders.best().read(query)) {
            case Reading.Snapshot snapshot ->
                snapshot.sockets().stream()
                        .filter(socket -> socket.state() != TcpState.LISTEN)
                        .toList();
            case Reading.Unreadable unreadable -> throw new AssertionError(unreadable.toString());
        };
    }

    @Test
    @DisplayName(
            "A stalled client stays in CLOSE_WAIT with unread data when the server has closed, the server in FIN_WAIT_2")
    void stall() throws Exception {
        var server = fixture.server(1, Service.echo);
        fixture.client(3, Behaviour.stall);
        fixture.await(Connected.class);

        server.stop(StopWay.close);

        await().untilAsserted(() -> assertThat(sockets(SocketQuery.onPort(fixture.port)))
                .hasSize(3)
                .allSatisfy(socket -> assertThat(socket.state()).isEqualTo(TcpState.FIN_WAIT_2)));
        assertThat(sockets(SocketQuery.toPort(fixture.port)))
                .hasSize(3)
                .allSatisfy(socket -> assertThat(socket.state()).isEqualTo(TcpState.CLOSE_WAIT));
        ClientReport report = fixture.report();
        assertThat(report.connections()).isEqualTo(3);
        assertThat(report.stalled()).isTrue();
        assertThat(report.ends()).isZero();
        // Reading again, they see the end, and the server's leftovers are gone.
        fixture.tell(ClientOrder.resume);
        await().untilAsserted(() -> assertThat(fixture.report().ends()).isEqualTo(3));
    }

    @Test
    @DisplayName(
            "A stream that nobody reads fills Recv-Q; what was received grows no more, nor does the server's memory")
    void stallStream() throws Exception {
        var server = fixture.server(1, Service.stream);
        fixture.client(2, Behaviour.stall);
        fixture.await(Connected.class);
        // The same for one that has stalled already.
        fixture.tell(ClientOrder.stall);
        long received = fixture.report().bytesReceived();
        await().untilAsserted(() -> assertThat(sockets(SocketQuery.onPort(fixture.port)))
                .hasSize(2)
                .allSatisfy(socket -> assertThat(socket.sendQ()).isPositive()));

        assertThat(sockets(SocketQuery.toPort(fixture.port)))
                .allSatisfy(socket -> assertThat(socket.recvQ()).isPositive());
        assertThat(fixture.report().bytesReceived()).isEqualTo(received);
        assertThat(fixture.report().stalled()).isTrue();
        assertThat(server.report().connections()).isEqualTo(2);
        fixture.tell(ClientOrder.resume);
        await().until(() -> fixture.report().bytesReceived() > received + 100_000_000);
    }

    @Test
    @DisplayName("Closing on order is orderly, from a stream at full speed too: TIME_WAIT is the client's")
    void closeFirst() throws Exception {
        fixture.server(1, Service.stream);
        fixture.client(2, Behaviour.read);
        fixture.await(Connected.class);

        fixture.tell(ClientOrder.close);

        await().untilAsserted(() -> assertThat(sockets(SocketQuery.toPort(fixture.port)))
                .hasSize(2)
                .allSatisfy(socket -> assertThat(socket.state()).isEqualTo(TcpState.TIME_WAIT)));
        await().untilAsserted(() ->
                assertThat(sockets(SocketQuery.onPort(fixture.port))).isEmpty());
    }

    @Test
    @DisplayName("A reset on order leaves nothing on either side")
    void reset() throws Exception {
        fixture.server(1, Service.echo);
        fixture.client(2, Behaviour.reset);
        fixture.await(Connected.class);

        fixture.tell(ClientOrder.reset);

        await().untilAsserted(() ->
                assertThat(sockets(SocketQuery.around(fixture.port))).isEmpty());
        assertThat(fixture.report().connections()).isZero();
    }

    @Test
    @DisplayName("Round trips are measured, and what the server said is printed")
    void echo() throws Exception {
        fixture.server(3, Service.echo);
        fixture.client(2, Behaviour.echo);
        fixture.await(Connected.class);
        await().untilAsserted(() -> {
            assertThat(fixture.report().roundTripMs()).isNotNull().satisfies(trips -> {
                assertThat(trips.count()).isGreaterThan(10);
                assertThat(trips.p50()).isPositive().isLessThanOrEqualTo(trips.max());
            });
        });
        fixture.tell(ClientOrder.print);
        assertThat(fixture.await(Said.class).quotes())
                .hasSize(2)
                .allSatisfy(quote -> assertThat(quote.last()).startsWith("I am server of generation 3: I am client"));
        ClientReport report = fixture.report();
        assertThat(report.unexpected()).isZero();
        assertThat(report.requestsLost()).isZero();
        assertThat(report.localPorts()).hasSize(2);
        fixture.tell(ClientOrder.stop);
        fixture.await(Stopped.class);
    }

    @Test
    @DisplayName(
            "When a report is asked for, then an outage that is over by then is said to be measured before: the process may be ended next")
    void measuredBeforeReport() throws Exception {
        var server = fixture.server(1, Service.echo);
        fixture.measuredClient(2, Behaviour.echo);
        fixture.await(Connected.class);
        server.stop(StopWay.close);
        fixture.server(2, Service.echo);
        var outages = new ArrayList<Double>();
        await().until(() -> {
            fixture.tell(ClientOrder.report);
            outages.addAll(fixture.await(Measured.class).outagesMs());
            return !outages.isEmpty();
        });
        assertThat(fixture.await(ClientReport.class).downtimeMs()).isEqualTo(outages.getFirst());
        fixture.tell(ClientOrder.report);
        assertThat(fixture.await(Measured.class).outagesMs()).as("once").isEmpty();
    }

    @Test
    @DisplayName("Orders given one upon the other are carried out and answered in their turn, the end last")
    void inTurn() throws Exception {
        fixture.server(3, Service.echo);
        fixture.client(2, Behaviour.echo);
        fixture.await(Connected.class);

        fixture.tell(ClientOrder.print);
        fixture.tell(ClientOrder.report);
        fixture.tell(ClientOrder.close);
        fixture.tell(ClientOrder.report);
        fixture.tell(ClientOrder.stop);

        assertThat(fixture.await(Said.class).quotes()).hasSize(2);
        assertThat(fixture.await(ClientReport.class).connections()).isEqualTo(2);
        assertThat(fixture.await(ClientReport.class).connections()).isZero();
        fixture.await(Stopped.class);
    }

    @Test
    @DisplayName("A server that does not read: connected with ready=connect; its death resets, and the request is lost")
    void unread() throws Exception {
        var server = fixture.server(1, Service.echo, false);
        fixture.client(
                fixture.settings(2).withoutQuestion().readyWhenConnected().withoutReconnect());
        fixture.await(Connected.class);
        await().untilAsserted(() -> assertThat(sockets(SocketQuery.onPort(fixture.port)))
                .hasSize(2)
                .allSatisfy(socket -> assertThat(socket.recvQ()).isEqualTo("I am client\n".length())));

        server.stop(StopWay.reset);

        await().untilAsserted(() -> assertThat(fixture.report().resets()).isEqualTo(2));
        ClientReport report = fixture.report();
        assertThat(report.requestsLost()).isEqualTo(2);
        assertThat(report.bytesLost()).isEqualTo(24);
        assertThat(report.outages()).isZero();
        assertThat(report.connects()).isEqualTo(2);
    }

    private static Traffic http(Traffic.@Nullable Tls tls) {
        return new Traffic.Http(
                "GET", "/", List.of(), 0, null, true, 200, Traffic.Version.http1, Duration.ofSeconds(5), 0, tls);
    }

    static List<Traffic> traffics() {
        return List.of(
                new Traffic.Rebind(),
                new Traffic.Tcp(null, null, Duration.ofSeconds(5)),
                http(null),
                http(new Traffic.Tls(null, null, true, null)));
    }

    @ParameterizedTest
    @MethodSource("traffics")
    @DisplayName(
            "A client that connects to itself resets that at once, counts it as refused, and leaves nothing on the port")
    void selfConnect(Traffic traffic) throws Exception {
        int port = portThatClientsGet();
        try (var alone = new ClientFixture(port)) {
            // It tries again, and would be given the same port: not while this looks.
            Duration never = Duration.ofHours(1);
            // The kernel would give it the port by chance; here it is asked for.
            alone.client(alone.settings(1)
                    .readyWhenConnected()
                    .withoutReconnect()
                    .pauses(never, never, 0)
                    .from(port)
                    .traffic(traffic));
            await().untilAsserted(
                            () -> assertThat(alone.report().selfConnects()).isEqualTo(1));
            ClientReport report = alone.report();
            assertThat(report.failedConnects()).isEqualTo(Map.of("ECONNREFUSED", 1L));
            assertThat(report.ends() + report.resets()).isZero();
            assertThat(report.broken()).isEmpty();
            assertThat(report.connections()).isZero();
            assertThat(report.connects()).isZero();
            assertThat(report.answers()).isZero();
            await().untilAsserted(
                            () -> assertThat(sockets(SocketQuery.around(port))).isEmpty());
        }
    }

    /** Any free port will do: a client that is bound to it gets it. */
    private static int portThatClientsGet() {
        return FreePorts.next();
    }

    @Test
    @DisplayName("Local ports: one after the other; one that is taken is EADDRINUSE among the failed attempts")
    void localPorts() throws Exception {
        fixture.server(1, Service.echo);
        int first = FreePorts.next();
        try (var _ = new ServerSocket(first + 1, 1, InetAddress.getLoopbackAddress())) {
            fixture.client(fixture.settings(2).from(first));
            await().until(() -> fixture.report().failedConnects().getOrDefault("EADDRINUSE", 0L) > 2);
            assertThat(fixture.report().localPorts()).containsExactly(first);
        }
        fixture.await(Connected.class);
        assertThat(fixture.report().localPorts()).containsExactly(first, first + 1);
    }

    @Test
    @DisplayName("A server of somebody else: a line that carries the request is an answer, any other is not")
    void foreign() throws Exception {
        try (var listener = new ServerSocket(fixture.port, 10, InetAddress.getLoopbackAddress())) {
            fixture.client(1, Behaviour.echo);
            try (Socket accepted = listener.accept()) {
                accepted.getOutputStream()
                        .write("welcome\nyou said: I am client, which generation\n".getBytes(StandardCharsets.UTF_8));
                fixture.await(Connected.class);
                ClientReport report = fixture.report();
                assertThat(report.answers()).isEqualTo(1);
                assertThat(report.unexpected()).isEqualTo(1);
                assertThat(report.generations()).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("The program: connects, obeys, and ends with its parent")
    void program() throws Exception {
        fixture.server(1, Service.echo);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.rebind.client.Main",
                        "--port=" + fixture.port,
                        "--behaviour=close-first",
                        "--with-parent")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var said = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).contains("\"event\":\"connected\"");
            process.outputWriter(StandardCharsets.UTF_8)
                    .append("report\nsing\n")
                    .flush();
            assertThat(said.readLine()).contains("\"event\":\"report\"");
            assertThat(said.readLine()).contains("\"event\":\"misunderstood\"");
            process.getOutputStream().close();
            assertThat(process.waitFor(Duration.ofSeconds(30))).isTrue();
            assertThat(process.exitValue()).isEqualTo(83);
            assertThat(Files.exists(Path.of("/proc", String.valueOf(process.pid()))))
                    .isFalse();
        } finally {
            process.destroyForcibly();
        }
    }
}
