package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.finding.RestartOutlook;
import dev.rebind.diagnosis.json.AuditJson;
import dev.rebind.diagnosis.text.AuditTable;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("What a restart of a server would meet")
class AuditTest {
    private static final InetAddress SIX_LOOPBACK = InetAddress.ofLiteral("::1");

    private static AuditedListener listener(int port) {
        return audit().listeners().stream()
                .filter(listener -> listener.first().local().port() == port)
                .findFirst()
                .orElseThrow();
    }

    private static Audit.Read audit() {
        return (Audit.Read) new WhyPort().audit();
    }

    @Test
    @DisplayName("with SO_REUSEADDR it binds at once, and its options are told")
    void reuse() throws PosixException {
        int port = FreePorts.next();
        try (PosixSocket socket = Ports.listener(Ports.LOOPBACK, port, true);
                PosixSocket client = Ports.connected(port);
                PosixSocket accepted = socket.accept()) {
            assertThat(client.fd() + accepted.fd()).isPositive();
            AuditedListener found = listener(port);
            assertThat(found.restart()).isEqualTo(new RestartOutlook.BindsAtOnce());
            assertThat(found.options().orElseThrow().reuseAddress()).isTrue();
            assertThat(found.connections()).containsEntry(TcpState.ESTABLISHED, 1);
            assertThat(found.backlog()).hasValue(16);
            assertThat(((Holder.Processes) found.holder()).all())
                    .singleElement()
                    .satisfies(one -> assertThat((long) one.pid())
                            .isEqualTo(ProcessHandle.current().pid()));
        }
    }

    @Test
    @DisplayName("a connection without SO_REUSEADDR blocks it, though its listener has the option")
    void optionOffAfterAccept() throws PosixException {
        int port = FreePorts.next();
        try (PosixSocket client = PosixSocket.open(Family.IPV4)) {
            try (PosixSocket socket = Ports.listener(Ports.LOOPBACK, port, true)) {
                client.connect(new Endpoint(Ports.LOOPBACK, port));
                try (PosixSocket accepted = socket.accept()) {
                    accepted.reuseAddress(false);
                    AuditedListener found = listener(port);
                    assertThat(found.restart())
                            .isInstanceOfSatisfying(
                                    RestartOutlook.BlockedByItsConnections.class,
                                    blocked -> assertThat(blocked.open()).isOne());
                    assertThat(new AuditTable(ZoneOffset.UTC).restart(audit(), found))
                            .contains("(1 is open without SO_REUSEADDR, which the listener has)");
                }
            }
            assertThatThrownBy(() -> Ports.listener(Ports.LOOPBACK, port, true)).isInstanceOf(PosixException.class);
        }
    }

    /** Makes a connection one that a close resets. */
    interface Resettable {
        void make(PosixSocket client, PosixSocket accepted) throws PosixException;
    }

    static Stream<Arguments> resets() {
        return Stream.of(
                arguments(named("unread data", (Resettable) (client, _) -> client.send(new byte[] {1}))),
                arguments(named("SO_LINGER 0", (Resettable) (_, accepted) -> accepted.resetOnClose())));
    }

    @ParameterizedTest
    @MethodSource("resets")
    @DisplayName("a connection that a close resets is told, and leaves nothing")
    void resets(Resettable how) throws PosixException {
        int port = FreePorts.next();
        try (PosixSocket client = PosixSocket.open(Family.IPV4)) {
            try (PosixSocket socket = Ports.listener(Ports.LOOPBACK, port, false)) {
                client.connect(new Endpoint(Ports.LOOPBACK, port));
                try (PosixSocket accepted = socket.accept()) {
                    how.make(client, accepted);
                    AuditedListener found = listener(port);
                    assertThat(found.restart())
                            .isInstanceOfSatisfying(
                                    RestartOutlook.BlockedByItsConnections.class,
                                    blocked -> assertThat(blocked.reset())
                                            .isEqualTo(blocked.open())
                                            .isOne());
                    assertThat(new AuditTable(ZoneOffset.UTC).restart(audit(), found))
                            .endsWith("(1 is open; a close now resets it, which leaves nothing)");
                }
            }
            Ports.listener(Ports.LOOPBACK, port, false).close();
        }
    }

    @Test
    @DisplayName("connections of another listener of the server do not block it where their addresses do not meet")
    void connectionsElsewhere() throws PosixException {
        int port = FreePorts.next();
        InetAddress elsewhere = InetAddress.ofLiteral("127.0.0.2");
        try (PosixSocket client = PosixSocket.open(Family.IPV4)) {
            try (PosixSocket idle = Ports.listener(elsewhere, port, false);
                    PosixSocket busy = Ports.listener(Ports.LOOPBACK, port, false)) {
                client.connect(new Endpoint(Ports.LOOPBACK, port));
                try (PosixSocket accepted = busy.accept()) {
                    assertThat(accepted.fd() + idle.fd()).isPositive();
                    var open = audit().listeners().stream()
                            .filter(one -> one.first().local().port() == port)
                            .collect(Collectors.toMap(
                                    one -> one.first().local().address(),
                                    one -> ((RestartOutlook.BlockedByItsConnections) one.restart()).open()));
                    assertThat(open).containsExactlyInAnyOrderEntriesOf(Map.of(elsewhere, 0, Ports.LOOPBACK, 1));
                }
            }
            Ports.listener(elsewhere, port, false).close();
            assertThatThrownBy(() -> Ports.listener(Ports.LOOPBACK, port, false))
                    .isInstanceOf(PosixException.class);
        }
    }

    @Test
    @DisplayName("without it, leftovers of before say when the port is free")
    void leftovers() throws PosixException {
        int port = FreePorts.next();
        try (PosixSocket socket = Ports.listener(Ports.LOOPBACK, port, false)) {
            try (PosixSocket client = Ports.connected(port);
                    PosixSocket accepted = socket.accept()) {
                accepted.shutdownOutput();
                assertThat(client.fd()).isNotNegative();
            }
            await().untilAsserted(() -> assertThat(listener(port).restart())
                    .isInstanceOfSatisfying(RestartOutlook.Blocked.class, blocked -> {
                        assertThat(blocked.cause()).isEqualTo(Cause.time_wait);
                        assertThat(blocked.until()).isInstanceOf(Ending.Timer.class);
                        assertThat(blocked.holder()).isEqualTo(new Holder.Nobody());
                    }));
        }
    }

    @Test
    @DisplayName("an address that is none of this machine any more is refused, whatever the options are")
    void addressGone() throws IOException {
        int port = FreePorts.next();
        // Bound while IP_FREEBIND was on, and without it since: as a listener whose address has been taken away.
        try (var child = PythonChild.with("""
                s = socket.socket()
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.setsockopt(0, 15, 1)
                s.bind(('192.0.2.1', PORT))
                s.setsockopt(0, 15, 0)
                s.listen()
                """, port, 0)) {
            assertThat(child.pid()).isPositive();
            AuditedListener found = listener(port);
            assertThat(found.restart()).isInstanceOfSatisfying(RestartOutlook.Refused.class, refused -> {
                assertThat(refused.cause()).isEqualTo(Cause.address_not_local);
                assertThat(refused.why())
                        .isInstanceOfSatisfying(
                                Refusal.NotLocal.class,
                                why -> assertThat(why.address()).isEqualTo(InetAddress.ofLiteral("192.0.2.1")));
            });
            assertThat(Audit.Verdict.of(found.restart())).isEqualTo(Audit.Verdict.WOULD_BE_BLOCKED);
            assertThat(String.join("\n", new AuditTable(ZoneOffset.UTC).lines(audit())))
                    .contains("is refused with EADDRNOTAVAIL: 192.0.2.1 is no address of this machine any more");
            assertThat(AuditJson.write(audit())).contains("\"kind\":\"refused\",\"cause\":\"address_not_local\"");
        }
    }

    @Test
    @DisplayName("an address that is none of this machine binds at once where the program asks for that (IP_FREEBIND)")
    void freebind() throws IOException {
        int port = FreePorts.next();
        try (var child = PythonChild.with("""
                s = socket.socket()
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.setsockopt(0, 15, 1)
                s.bind(('192.0.2.1', PORT))
                s.listen()
                """, port, 0)) {
            assertThat(child.pid()).isPositive();
            assertThat(listener(port).restart()).isEqualTo(new RestartOutlook.BindsAtOnce());
        }
    }

    /** A server whose child has its listener too. The child's pid follows the report of the socket. */
    private static String sharing(int port, String child) {
        return "s = socket.socket()\n"
                + "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
                + "s.bind(('127.0.0.1', " + port + "))\n"
                + "s.listen(1)\n"
                + "s.set_inheritable(True)\n"
                + "if os.fork() == 0:\n"
                + "    " + child + "\n";
    }

    @Test
    @DisplayName(
            "a child that runs another program may outlive it with its listener: nothing tells, and the program is named")
    void outlived() throws IOException {
        int port = FreePorts.next();
        try (PythonChild server = PythonChild.with(sharing(port, "os.execvp('sleep', ['sleep', '30'])"))) {
            await().untilAsserted(() -> assertThat(listener(port).restart())
                    .isInstanceOfSatisfying(
                            RestartOutlook.CannotTell.class,
                            unknown -> assertThat(unknown.missing())
                                    .isInstanceOfSatisfying(RestartOutlook.Missing.OthersEnd.class, others -> {
                                        assertThat(others.server()).isEqualTo(server.pid());
                                        assertThat(others.others()).hasSize(1);
                                    })));
            int other = ((RestartOutlook.Missing.OthersEnd)
                            ((RestartOutlook.CannotTell) listener(port).restart()).missing())
                    .others()
                    .getFirst()
                    .pid();
            assertThat(String.join("\n", new AuditTable(ZoneOffset.UTC).lines(audit())))
                    .contains("cannot be told: sleep (pid " + other
                            + ") has the listener too, and whether it ends with process " + server.pid()
                            + " is not known; while it lives, the port stays taken");
            ProcessHandle child = ProcessHandle.of(other).orElseThrow();
            ProcessHandle ended = ProcessHandle.of(server.pid()).orElseThrow();
            ended.destroyForcibly();
            await().until(() -> !ended.isAlive());
            assertThatThrownBy(() -> Ports.listener(Ports.LOOPBACK, port, true)).isInstanceOf(PosixException.class);
            child.destroyForcibly();
        }
    }

    @Test
    @DisplayName("a worker ends with it, which is its child and runs the same program")
    void worker() throws IOException {
        int port = FreePorts.next();
        try (PythonChild server = PythonChild.with(sharing(port, "sys.stdin.read(); os._exit(0)"))) {
            await().untilAsserted(
                            () -> assertThat(((Holder.Processes) listener(port).holder()).all())
                                    .hasSize(2));
            assertThat(server.pid()).isPositive();
            assertThat(listener(port).restart()).isEqualTo(new RestartOutlook.BindsAtOnce());
            assertThat(String.join("\n", new AuditTable(ZoneOffset.UTC).lines(audit())))
                    .contains("The port is free when the last of these processes has ended.");
        }
    }

    @Test
    @DisplayName("a full queue is told, and how many clients it turned away")
    void fullQueue() throws IOException, PosixException {
        int port = FreePorts.next();
        var clients = new ArrayList<SocketChannel>();
        try (PosixSocket socket = PosixSocket.open(Family.IPV4)
                .bind(new Endpoint(Ports.LOOPBACK, port))
                .listen(1)) {
            assertThat(socket.fd()).isNotNegative();
            for (int i = 0; i < 6; i++) {
                SocketChannel client = SocketChannel.open();
                client.configureBlocking(false);
                client.connect(new InetSocketAddress(Ports.LOOPBACK, port));
                clients.add(client);
            }
            await().untilAsserted(() -> {
                AuditedListener found = listener(port);
                assertThat(found.dropped().orElse(0)).isPositive();
                assertThat(found.queue()).isEqualTo(2);
                assertThat(String.join("\n", new AuditTable(ZoneOffset.UTC).lines(audit())))
                        .contains("2 clients wait to be accepted.");
            });
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    @Test
    @DisplayName("is one line of JSON, for scripts")
    void json() throws PosixException {
        int port = FreePorts.next();
        try (PosixSocket socket = Ports.listener(Ports.LOOPBACK, port, true)) {
            assertThat(socket.fd()).isNotNegative();
            assertThat(AuditJson.write(audit()))
                    .doesNotContain("\n")
                    .contains("\"port\":" + port, "\"address\":\"127.0.0.1\"", "\"kind\":\"binds_at_once\"");
        }
    }

    /** A server with its options, and what it has when it is restarted. */
    record Scene(InetAddress address, boolean reuseAddress, boolean reusePort, int left, int open) {
        PosixSocket listen(int port) throws PosixException {
            PosixSocket socket = PosixSocket.open(address.getAddress().length == 4 ? Family.IPV4 : Family.IPV6)
                    .reuseAddress(reuseAddress);
            if (reusePort) {
                socket.reusePort(true);
            }
            return socket.bind(new Endpoint(address, port)).listen(16);
        }

        InetAddress clients() {
            return address.isAnyLocalAddress() ? Ports.LOOPBACK : address;
        }
    }

    static Stream<Scene> scenes() {
        var random = new Random(20_261_129);
        List<InetAddress> addresses = List.of(Ports.LOOPBACK, Ports.FOUR, Ports.SIX, SIX_LOOPBACK);
        return IntStream.range(0, 60)
                .mapToObj(_ -> new Scene(
                        addresses.get(random.nextInt(addresses.size())),
                        random.nextBoolean(),
                        random.nextInt(4) == 0,
                        random.nextInt(3) == 0 ? 1 : 0,
                        random.nextInt(3)));
    }

    @ParameterizedTest
    @MethodSource("scenes")
    @DisplayName("comes true when the server is restarted")
    void comesTrue(Scene scene) throws PosixException {
        int port = FreePorts.next();
        var clients = new ArrayList<PosixSocket>();
        var accepted = new ArrayList<PosixSocket>();
        PosixSocket before = scene.listen(port);
        try {
            for (int i = 0; i < scene.left() + scene.open(); i++) {
                clients.add(PosixSocket.open(scene.clients().getAddress().length == 4 ? Family.IPV4 : Family.IPV6)
                        .connect(new Endpoint(scene.clients(), port)));
                accepted.add(before.accept());
            }
            for (int i = 0; i < scene.left(); i++) {
                accepted.get(i).shutdownOutput();
                clients.get(i).close();
                accepted.get(i).close();
            }
            await().until(() -> listener(port).connections().getOrDefault(TcpState.TIME_WAIT, 0) == scene.left()
                    && listener(port).connections().getOrDefault(TcpState.ESTABLISHED, 0) == scene.open());
            RestartOutlook said = listener(port).restart();
            boolean binds = switch (said) {
                case RestartOutlook.BindsAtOnce _ -> true;
                case RestartOutlook.BlockedByItsConnections blocked -> blocked.open() == 0;
                case RestartOutlook.Blocked _, RestartOutlook.Refused _ -> false;
                case RestartOutlook.CannotTell _ -> throw new AssertionError("everything is seen here");
            };
            // The server ends: its connections first, so that they leave what they leave.
            accepted.forEach(PosixSocket::close);
            before.close();
            assertThat(bindsNow(scene, port))
                    .as(() -> said + ", and on the port now: "
                            + SocketReaders.best().read(SocketQuery.around(port)))
                    .isEqualTo(binds);
        } finally {
            before.close();
            clients.forEach(PosixSocket::close);
        }
    }

    private static boolean bindsNow(Scene scene, int port) {
        try (PosixSocket again = scene.listen(port)) {
            return again.fd() >= 0;
        } catch (PosixException e) {
            return false;
        }
    }
}
