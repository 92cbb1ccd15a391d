package dev.rebind.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rebind.child.TransportKind;
import dev.rebind.child.TransportKind.Availability;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.server.listener.ServerSettings;
import dev.rebind.server.listener.ServerSettings.HandlerKind;
import dev.rebind.server.listener.ServerSettings.Service;
import dev.rebind.server.protocol.ServerEvent.BindFailed;
import dev.rebind.server.protocol.ServerEvent.Bound;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerInProcessTest {
    private final int port = FreePorts.next();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private ServerSettings settings(TransportKind transport, Service service, boolean reuseAddress, boolean reading) {
        // Containers often forbid io_uring; a transport that is not there is refused, which ServerProgramTest sees.
        assumeTrue(transport.load() instanceof Availability.Available, () -> transport + " is not available here");
        return new ServerSettings(
                "127.0.0.1",
                InetAddress.getLoopbackAddress(),
                port,
                reuseAddress,
                false,
                128,
                transport,
                service,
                reading,
                HandlerKind.own,
                Duration.ofMillis(250),
                4);
    }

    private ServerInProcess bound(ServerSettings settings) {
        var server = new ServerInProcess(settings);
        open.add(server);
        assertThat(server.start()).isInstanceOf(Bound.class);
        return server;
    }

    private Socket client() throws IOException {
        var client = new Socket(InetAddress.getLoopbackAddress(), port);
        open.add(client);
        return client;
    }

    private static String ask(Socket client, String line) throws IOException {
        client.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        return new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    @ParameterizedTest
    @EnumSource(TransportKind.class)
    @DisplayName("close: FIN; TIME_WAIT on the port, and without SO_REUSEADDR the next generation cannot bind")
    void close(TransportKind transport) throws Exception {
        ServerSettings settings = settings(transport, Service.echo, false, true);
        var server = bound(settings);
        var client = client();
        assertThat(ask(client, "hello")).isEqualTo("I am server of generation 4: hello");
        // Unread at the moment of the stop, or not: either way it must not turn the FIN into a reset.
        client.getOutputStream().write("more\n".getBytes(StandardCharsets.UTF_8));
        Thread closer = Thread.startVirtualThread(() -> readToEndAndClose(client));

        assertThat(server.stop(StopWay.close).connections()).isEqualTo(1);

        closer.join();
        assertThat(PortStates.on(port)).isEqualTo(Map.of(TcpState.TIME_WAIT, 1));
        assertThat(new ServerInProcess(settings).start()).isInstanceOfSatisfying(BindFailed.class, failed -> {
            assertThat(failed.errno()).isEqualTo("EADDRINUSE");
            assertThat(failed.call()).isEqualTo("bind");
        });
    }

    private static void readToEndAndClose(Socket client) {
        try (client) {
            client.getInputStream().readAllBytes();
        } catch (IOException reset) {
            throw new AssertionError("the server reset the connection", reset);
        }
    }

    @ParameterizedTest
    @EnumSource(TransportKind.class)
    @DisplayName("reset: the client sees a reset, nothing is left on the port")
    void reset(TransportKind transport) throws Exception {
        var server = bound(settings(transport, Service.echo, false, true));
        var client = client();
        ask(client, "hello");

        server.stop(StopWay.reset);

        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(PortStates.on(port)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(TransportKind.class)
    @DisplayName("keep: no listener any more, the connection is served on; then another way for what is left")
    void keep(TransportKind transport) throws Exception {
        var server = bound(settings(transport, Service.echo, true, true));
        var client = client();
        ask(client, "hello");

        Thread keeping = Thread.startVirtualThread(() -> stop(server, StopWay.keep));

        await().untilAsserted(() -> assertThat(PortStates.on(port)).isEqualTo(Map.of(TcpState.ESTABLISHED, 1)));
        assertThat(ask(client, "still there?")).endsWith("still there?");
        assertThat(server.listening()).isFalse();
        server.stop(StopWay.reset);
        keeping.join();
        assertThat(PortStates.on(port)).isEmpty();
    }

    private static void stop(ServerInProcess server, StopWay way) {
        try {
            server.stop(way);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @ParameterizedTest
    @EnumSource(TransportKind.class)
    @DisplayName("When stop returns, the port is free: two hundred generations without SO_REUSEADDR")
    void restarts(TransportKind transport) throws Exception {
        ServerSettings settings = settings(transport, Service.echo, false, true);
        for (int generation = 0; generation < 200; generation++) {
            try (var server = new ServerInProcess(settings)) {
                assertThat(server.start()).as("generation %d", generation).isInstanceOf(Bound.class);
                server.stop(StopWay.close);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TransportKind.class)
    @DisplayName("Two servers in one process do not join: the second fails to bind, and leaves nothing behind")
    void noJoining(TransportKind transport) throws Exception {
        ServerSettings settings = settings(transport, Service.echo, true, true);
        var first = bound(settings);
        for (int attempt = 0; attempt < 20; attempt++) {
            assertThat(new ServerInProcess(settings).start()).isInstanceOf(BindFailed.class);
        }
        first.stop(StopWay.close);
        bound(settings);
    }

    @ParameterizedTest
    @EnumSource(TransportKind.class)
    @DisplayName("A server that does not read leaves what was sent in the kernel; its end leaves nothing on the port")
    void notReading(TransportKind transport) throws Exception {
        var server = bound(settings(transport, Service.echo, false, false));
        var client = client();
        client.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
        await().untilAsserted(() -> assertThat(PortStates.unread(port)).isEqualTo(6));

        server.stop(StopWay.close);

        // Not asserted is what the client sees: before the reset, java.nio's close sends a FIN.
        assertThat(PortStates.on(port)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(TransportKind.class)
    @DisplayName(
            "stream: a client that stops reading and never closes keeps the server in FIN_WAIT, whatever the server does")
    void stalled(TransportKind transport) throws Exception {
        var server = bound(settings(transport, Service.stream, false, true));
        var client = client();
        assertThat(ask(client, "I am client, which generation")).isEqualTo("I am server of generation 4");

        server.stop(StopWay.close);

        assertThat(PortStates.on(port))
                .containsAnyOf(Map.entry(TcpState.FIN_WAIT_1, 1), Map.entry(TcpState.FIN_WAIT_2, 1));
        assertThat(PortStates.to(port))
                .containsAnyOf(Map.entry(TcpState.ESTABLISHED, 1), Map.entry(TcpState.CLOSE_WAIT, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "::1", "127.8.9.10"})
    @DisplayName("Any local address; port 0 is one that the kernel picks, and the report says which")
    void addresses(String address) throws Exception {
        InetAddress local = InetAddress.ofLiteral(address);
        try (var server = new ServerInProcess(ServerSettings.of(local, 0))) {
            assertThat(server.start()).isInstanceOfSatisfying(Bound.class, bound -> {
                assertThat(bound.attempt().port()).isPositive();
                assertThat(PortStates.on(bound.attempt().port())).isEqualTo(Map.of(TcpState.LISTEN, 1));
            });
        }
    }

    @Test
    @DisplayName("stream: says nothing but 'I am server' to a client that does not ask for more")
    void stream() throws Exception {
        bound(settings(TransportKind.nio, Service.stream, true, true));
        var client = client();
        client.getOutputStream().write("I am client\n".getBytes(StandardCharsets.UTF_8));
        byte[] said = client.getInputStream().readNBytes(12 * 100_000);
        assertThat(new String(said, StandardCharsets.UTF_8)).isEqualTo("I am server\n".repeat(100_000));
    }
}
