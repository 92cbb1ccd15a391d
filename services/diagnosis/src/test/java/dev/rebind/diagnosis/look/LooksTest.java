package dev.rebind.diagnosis.look;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.diagnosis.seen.Opener;
import dev.rebind.diagnosis.seen.SeenHolder.Attention;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When the kernel and /proc are looked at")
class LooksTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    @Test
    @DisplayName("a process whose main thread has ended still has its network namespace")
    void namespaceWithoutMainThread() throws IOException {
        try (var child = PythonChild.withoutMainThread("s = socket.socket()\n")) {
            assertThat(Files.readSymbolicLink(NetNamespaces.ofProcess(child.pid())))
                    .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
        }
    }

    @Test
    @DisplayName("one's own network namespace needs no right, and one that is not there is told")
    void ownNamespace() throws IOException {
        var command = new ArrayList<String>();
        if (Rights.uid() == 0) {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is needed to take a right away");
            command.addAll(List.of("/usr/bin/setpriv", "--bounding-set=-sys_admin"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                OwnNamespace.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();

        assertThat(process.inputReader().lines().toList())
                .containsExactly("Done[value=inside]", "Failed[why=/run/netns/no-such-namespace is not there]");
    }

    @Test
    @DisplayName("sockets of which nothing is to be interpreted are not copied")
    void notCopied() {
        var plain = new Reading.Snapshot(java.time.Instant.EPOCH, 0, "a test", List.of());
        assertThat(Interpreted.of(plain)).isSameAs(plain);
    }

    @Test
    @DisplayName("the count of bytes tells who opened a connection, in every state and with data under way")
    void openers() throws PosixException {
        int port = FreePorts.next();
        try (PosixSocket listener = PosixSocket.open(Family.IPV4)
                        .bind(new Endpoint(LOOPBACK, port))
                        .listen(4);
                PosixSocket client = PosixSocket.open(Family.IPV4).connect(new Endpoint(LOOPBACK, port));
                PosixSocket accepted = listener.accept()) {
            tells(port);
            // More than the other end takes: some is sent and some waits.
            byte[] much = new byte[1 << 22];
            assertThat(accepted.send(much)).isPositive();
            assertThat(client.send(new byte[10])).isEqualTo(10);
            tells(port);
            accepted.shutdownOutput();
            tells(port);
        }
    }

    private static void tells(int port) {
        if (!(InetDiagReader.withInfo().read(SocketQuery.around(port)) instanceof Reading.Snapshot snapshot)) {
            Assumptions.abort("inet_diag is needed");
            return;
        }
        List<TcpSocket> connections = snapshot.sockets().stream()
                .filter(socket -> socket.state() != TcpState.LISTEN)
                .toList();
        assertThat(connections).hasSize(2);
        Map<TcpSocket, Opener> openers = OpenerLook.ask(connections);
        assertThat(connections)
                .allSatisfy(socket -> assertThat(openers.get(socket))
                        .as("%s", socket)
                        .isEqualTo(socket.local().port() == port ? Opener.PEER : Opener.SELF));
    }

    @Test
    @DisplayName("the call in which a thread waits tells whether it waits for clients")
    void attention() {
        Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"));
        String accept = "43 0x5 0x7f 0x0 0x0 0x0 0x0 0x7f 0x7f";
        String sleep = "230 0x0 0x0 0x7f 0x7f 0x0 0x0 0x7f 0x7f";
        String poll = "7 0x7f 0x1 0xffffffff 0x0 0x0 0x0 0x7f 0x7f";
        assertThat(AttentionLook.judge(List.of(sleep, accept), 5)).isEqualTo(Attention.WAITS);
        assertThat(AttentionLook.judge(List.of(sleep, accept), 6)).isEqualTo(Attention.ELSEWHERE);
        assertThat(AttentionLook.judge(List.of(sleep, poll), 5)).isEqualTo(Attention.UNKNOWN);
        assertThat(AttentionLook.judge(List.of("running"), 5)).isEqualTo(Attention.UNKNOWN);
        assertThat(AttentionLook.judge(List.of(), 5)).isEqualTo(Attention.UNKNOWN);
    }

    @Test
    @DisplayName("the state of an IPv6 address is read from its flags")
    void addresses() {
        String text = """
                00000000000000000000000000000001 01 80 10 80       lo
                fe800000000000000000000000000001 02 40 20 c0     eth0
                fd000000000000000000000000000002 02 40 00 88     eth0
                no line
                """;
        assertThat(AddressLook.parse(text))
                .extracting(NamespaceAddresses.Local::state)
                .containsExactly(
                        NamespaceAddresses.State.USABLE,
                        NamespaceAddresses.State.TENTATIVE,
                        NamespaceAddresses.State.DUPLICATE);
    }
}
