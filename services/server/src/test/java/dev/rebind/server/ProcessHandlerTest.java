package dev.rebind.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rebind.server.protocol.ServerEvent.BindFailed;
import dev.rebind.server.protocol.ServerEvent.Bound;
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
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("With a process for each connection")
class ProcessHandlerTest {
    private final int port = FreePorts.next();

    private ServerChild server() throws IOException {
        return new ServerChild(arguments());
    }

    private String[] arguments() {
        return new String[] {
            "--port=" + port,
            "--address=127.0.0.1",
            "--handler=process",
            "--generation=7",
            "--reuse-address=false",
            "--with-parent"
        };
    }

    /** A client that has had its answer. */
    private final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader answers;

        Client() throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(ask("hello")).isEqualTo("I am server of generation 7: hello");
        }

        String ask(String line) throws IOException {
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            return answers.readLine();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    @DisplayName("stop keep: the server is gone, the connection is served on and blocks the next generation")
    void keep() throws Exception {
        try (var server = server()) {
            assertThat(server.next()).isInstanceOf(Bound.class);
            try (var client = new Client()) {
                server.tell("stop keep");
                assertThat(server.next()).isInstanceOf(Unbound.class);
                assertThat(server.next()).isInstanceOf(Stopped.class);
                assertThat(server.exitCode()).isZero();
                assertThat(client.ask("still there?")).endsWith("still there?");
                assertThat(PortStates.on(port)).isEqualTo(Map.of(TcpState.ESTABLISHED, 1));
                try (var next = server()) {
                    assertThat(next.next())
                            .isInstanceOfSatisfying(
                                    BindFailed.class,
                                    failed -> assertThat(failed.call()).isEqualTo("bind"));
                    assertThat(next.exitCode()).isEqualTo(98);
                }
            }
            // The client has closed: its handler does so too, and nothing is left on the port.
            await().untilAsserted(() -> assertThat(PortStates.on(port)).isEmpty());
        }
    }

    @Test
    @DisplayName("stop close: FIN, and TIME_WAIT on the port")
    void close() throws Exception {
        try (var server = server()) {
            assertThat(server.next()).isInstanceOf(Bound.class);
            try (var client = new Client()) {
                server.tell("stop close");
                assertThat(server.next()).isInstanceOf(Unbound.class);
                assertThat(client.answers.readLine()).isNull();
            }
            assertThat(server.next()).isInstanceOf(Stopped.class);
            assertThat(PortStates.on(port)).isEqualTo(Map.of(TcpState.TIME_WAIT, 1));
        }
    }

    @Test
    @DisplayName("stop reset: the client sees a reset, nothing is left on the port")
    void reset() throws Exception {
        try (var server = server()) {
            assertThat(server.next()).isInstanceOf(Bound.class);
            try (var client = new Client()) {
                server.tell("stop reset");
                assertThat(server.next()).isInstanceOf(Unbound.class);
                assertThat(server.next()).isInstanceOf(Stopped.class);
                assertThatThrownBy(client.answers::readLine).isInstanceOf(SocketException.class);
                assertThat(PortStates.on(port)).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("A client that closes first leaves nothing on the port")
    void clientFirst() throws Exception {
        try (var server = server()) {
            assertThat(server.next()).isInstanceOf(Bound.class);
            new Client().close();
            await().untilAsserted(() -> assertThat(PortStates.on(port)).isEqualTo(Map.of(TcpState.LISTEN, 1)));
        }
    }

    @Test
    @DisplayName("SIGKILL of the server leaves the handlers: the port is held by them")
    void killed() throws Exception {
        try (var server = server()) {
            assertThat(server.next()).isInstanceOf(Bound.class);
            try (var client = new Client()) {
                server.process().destroyForcibly();
                assertThat(server.exitCode()).isEqualTo(137);
                assertThat(client.ask("still there?")).endsWith("still there?");
                assertThat(PortStates.on(port)).isEqualTo(Map.of(TcpState.ESTABLISHED, 1));
            }
        }
    }

    @Test
    @DisplayName("SIGKILL of the server's parent ends the handlers")
    void orphaned() throws Exception {
        // The shell is the parent; as it waits for a job, it does not replace itself by the server.
        try (var shell = new ServerChild(List.of("sh", "-c", "exec 3<&0; \"$@\" <&3 & wait", "sh"), arguments())) {
            assertThat(shell.next()).isInstanceOf(Bound.class);
            ProcessHandle server =
                    shell.process().toHandle().children().findFirst().orElseThrow();
            try (var client = new Client()) {
                ProcessHandle handler = server.children().findFirst().orElseThrow();
                shell.process().toHandle().destroyForcibly();
                await().until(() -> !handler.isAlive());
                assertThat(client.answers.readLine()).isNull();
            } finally {
                server.destroyForcibly();
            }
        }
    }
}
