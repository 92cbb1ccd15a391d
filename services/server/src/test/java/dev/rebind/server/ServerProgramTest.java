package dev.rebind.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rebind.child.TransportKind;
import dev.rebind.child.TransportKind.Availability;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.server.protocol.ServerEvent.BindFailed;
import dev.rebind.server.protocol.ServerEvent.Bound;
import dev.rebind.server.protocol.ServerEvent.Misunderstood;
import dev.rebind.server.protocol.ServerEvent.Refused;
import dev.rebind.server.protocol.ServerEvent.Report;
import dev.rebind.server.protocol.ServerEvent.Stopped;
import dev.rebind.server.protocol.ServerEvent.Unbound;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerProgramTest {
    private final int port = FreePorts.next();

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    @DisplayName("A second server on the port says EADDRINUSE of bind, and exits with 98")
    void addressInUse(String transport) throws Exception {
        assumeTrue(TransportKind.valueOf(transport).load() instanceof Availability.Available);
        try (var first = new ServerChild("--port=" + port, "--address=127.0.0.1", "--transport=" + transport)) {
            assertThat(first.next()).isInstanceOfSatisfying(Bound.class, bound -> {
                assertThat(bound.attempt().port()).isEqualTo(port);
                assertThat(bound.attempt().transport()).isEqualTo(transport);
                assertThat(bound.attempt().pid()).isEqualTo(first.process().pid());
            });
            assertThat(PortStates.on(port)).containsOnlyKeys(TcpState.LISTEN);
            try (var second = new ServerChild("--port=" + port, "--address=127.0.0.1", "--transport=" + transport)) {
                assertThat(second.next()).isInstanceOfSatisfying(BindFailed.class, failed -> {
                    assertThat(failed.errno()).isEqualTo("EADDRINUSE");
                    assertThat(failed.errnoNumber()).isEqualTo(98);
                    assertThat(failed.call()).isEqualTo("bind");
                });
                assertThat(second.exitCode()).isEqualTo(98);
            }
        }
    }

    @Test
    @DisplayName("An address of another machine: EADDRNOTAVAIL, exit code 99")
    void addressNotAvailable() throws Exception {
        // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
        try (var server = new ServerChild("--port=" + port, "--address=192.0.2.1")) {
            assertThat(server.next()).isInstanceOfSatisfying(BindFailed.class, failed -> {
                assertThat(failed.errno()).isEqualTo("EADDRNOTAVAIL");
                assertThat(failed.call()).isEqualTo("bind");
            });
            assertThat(server.exitCode()).isEqualTo(99);
        }
    }

    @Test
    @DisplayName("A privileged port without the right: EACCES, exit code 13")
    void privileged() throws Exception {
        Path lowest = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
        assumeTrue(Integer.parseInt(Files.readAllLines(lowest).getFirst()) > 81, "every port is unprivileged here");
        boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        assumeTrue(!root || Files.isExecutable(Path.of("/usr/bin/setpriv")), "root, and no setpriv to become another");
        List<String> ordinary = root ? List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all") : List.of();
        try (var server = new ServerChild(ordinary, "--port=81", "--address=127.0.0.1")) {
            assertThat(server.next()).isInstanceOfSatisfying(BindFailed.class, failed -> {
                assertThat(failed.errno()).isEqualTo("EACCES");
                assertThat(failed.errnoNumber()).isEqualTo(13);
                assertThat(failed.call()).isEqualTo("bind");
            });
            assertThat(server.exitCode()).isEqualTo(13);
        }
    }

    @Test
    @DisplayName("An order to stop that comes before the bind is done waits for it")
    void earlyStop() throws Exception {
        try (var server = new ServerChild("--port=" + port, "--with-parent")) {
            server.tell("stop close");
            assertThat(server.next()).isInstanceOf(Bound.class);
            assertThat(server.next()).isInstanceOf(Unbound.class);
            assertThat(server.next()).isInstanceOf(Stopped.class);
            assertThat(server.exitCode()).isZero();
        }
    }

    @Test
    @DisplayName("SIGKILL: a FIN where all was read, a reset where data was left")
    void sigkill() throws Exception {
        for (boolean reading : new boolean[] {true, false}) {
            int ownPort = FreePorts.next();
            try (var server = new ServerChild("--port=" + ownPort, "--reading=" + reading);
                    var client = connected(server, ownPort)) {
                client.getOutputStream().write("I am client\n".getBytes(StandardCharsets.UTF_8));
                if (reading) {
                    assertThat(client.getInputStream().read()).isEqualTo('I');
                } else {
                    await().untilAsserted(
                                    () -> assertThat(PortStates.unread(ownPort)).isEqualTo(12));
                }
                server.process().destroyForcibly();
                assertThat(server.exitCode()).isEqualTo(137);
                if (reading) {
                    client.getInputStream().readAllBytes();
                    client.shutdownOutput();
                    assertThat(PortStates.on(ownPort)).isEqualTo(Map.of(TcpState.TIME_WAIT, 1));
                } else {
                    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
                    assertThat(PortStates.on(ownPort)).isEmpty();
                }
            }
        }
    }

    private static Socket connected(ServerChild server, int port) throws IOException {
        assertThat(server.next()).isInstanceOf(Bound.class);
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    @Test
    @DisplayName("A transport for bare sockets is refused, not ignored")
    void refused() throws Exception {
        try (var server = new ServerChild("--port=" + port, "--handler=process", "--transport=epoll")) {
            assertThat(server.next()).isInstanceOf(Refused.class);
            assertThat(server.exitCode()).isEqualTo(69);
        }
    }

    @Test
    @DisplayName("SO_REUSEPORT on NIO is refused, not ignored")
    void ineffective() throws Exception {
        try (var server = new ServerChild("--port=" + port, "--reuse-port", "--transport=nio")) {
            assertThat(server.next()).isInstanceOf(Refused.class);
            assertThat(server.exitCode()).isEqualTo(69);
        }
    }

    @Test
    @DisplayName("Orders on standard input: report, stop; then exit code 0 and nothing left")
    void orders() throws Exception {
        try (var server = new ServerChild("--port=" + port, "--with-parent")) {
            assertThat(server.next()).isInstanceOf(Bound.class);
            server.tell("dance");
            assertThat(server.next())
                    .isInstanceOfSatisfying(
                            Misunderstood.class, said -> assertThat(said.line()).isEqualTo("dance"));
            server.tell("report");
            assertThat(server.next())
                    .isInstanceOfSatisfying(
                            Report.class, said -> assertThat(said.listening()).isTrue());
            server.tell("stop close");
            assertThat(server.next()).isInstanceOf(Unbound.class);
            assertThat(server.next())
                    .isInstanceOfSatisfying(
                            Stopped.class, said -> assertThat(said.way()).isEqualTo(StopWay.close));
            assertThat(server.exitCode()).isZero();
            assertThat(PortStates.on(port)).isEmpty();
        }
    }

    @Test
    @DisplayName("The end of standard input ends the server; without --with-parent it does not")
    void parentGone() throws Exception {
        try (var server = new ServerChild("--port=" + port, "--with-parent");
                var alone = new ServerChild("--port=" + FreePorts.next())) {
            assertThat(server.next()).isInstanceOf(Bound.class);
            assertThat(alone.next()).isInstanceOf(Bound.class);
            alone.abandon();
            server.abandon();
            assertThat(server.exitCode()).isEqualTo(83);
            assertThat(alone.process().isAlive()).isTrue();
        }
    }

    @Test
    @DisplayName("SIGTERM: stops as --on-stop says, and exits with 0")
    void sigterm() throws Exception {
        try (var server = new ServerChild("--port=" + port, "--on-stop=close")) {
            assertThat(server.next()).isInstanceOf(Bound.class);
            try (var client = new Socket(InetAddress.getLoopbackAddress(), port);
                    var reader = new BufferedReader(
                            new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
                client.getOutputStream().write("I am client\n".getBytes(StandardCharsets.UTF_8));
                assertThat(reader.readLine()).isEqualTo("I am server of generation 0: I am client");
                // Not Process.destroy(): that closes the pipes too.
                server.process().toHandle().destroy();
                assertThat(server.next())
                        .isInstanceOfSatisfying(
                                Unbound.class,
                                said -> assertThat(said.connections()).isEqualTo(1));
                assertThat(reader.readLine()).isNull();
            }
            assertThat(server.next()).isInstanceOf(Stopped.class);
            assertThat(server.end()).as("said once").isTrue();
            assertThat(server.exitCode()).isZero();
            assertThat(PortStates.on(port)).isEqualTo(Map.of(TcpState.TIME_WAIT, 1));
        }
    }

    @Test
    @DisplayName("/readyz follows the listener, /metrics counts its connections")
    void management() throws Exception {
        int management = FreePorts.next();
        try (var server = new ServerChild("--port=" + port, "--management-port=" + management, "--with-parent");
                var http = HttpClient.newHttpClient()) {
            assertThat(server.next()).isInstanceOf(Bound.class);
            assertThat(get(http, management, "/readyz").statusCode()).isEqualTo(200);
            assertThat(get(http, management, "/livez").statusCode()).isEqualTo(200);
            assertThat(get(http, management, "/").statusCode()).isEqualTo(404);
            try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                await().untilAsserted(() -> assertThat(
                                get(http, management, "/metrics").body())
                        .contains("vertx_net_server_active_connections")
                        .contains("rebind_tcp_sockets{port=\"" + port + "\",side=\"server\",state=\"ESTABLISHED\"} 1.0")
                        .contains("rebind_bind_attempts_total{"));
                server.tell("stop keep");
                assertThat(server.next()).isInstanceOf(Unbound.class);
                assertThat(get(http, management, "/readyz").statusCode()).isEqualTo(503);
                assertThat(client.isConnected()).isTrue();
            }
            assertThat(server.next()).isInstanceOf(Stopped.class);
            assertThat(server.exitCode()).isZero();
        }
    }

    private static HttpResponse<String> get(HttpClient http, int port, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    @DisplayName("Bad settings: exit code 2, nothing on standard output")
    void usage() throws Exception {
        try (var server = new ServerChild("--port=70000")) {
            assertThat(server.exitCode()).isEqualTo(2);
            assertThat(server.process().getInputStream().readAllBytes()).isEmpty();
        }
    }
}
