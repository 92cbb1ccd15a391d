package dev.rebind.diagnosis.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.diagnosis.look.NetNamespaces;
import dev.rebind.diagnosis.nat.Destination;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules of the real nft, in a network namespace of their own, against what becomes of a client. */
@DisplayName("When nft has made rules")
class NftScenesTest {
    private static final int PORT = 8_080;
    private static final int OTHER = 9_090;
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final String ELSEWHERE = """
            import ctypes
            if ctypes.CDLL(None).unshare(0x40000000) != 0:
                sys.exit('unshare')
            os.system('ip link set lo up')
            s = socket.socket()
            """;

    private static final String NAT = "chain o { type nat hook output priority -100; %s; }";
    /** The answers are written, too, so that the client takes them for those of its port. */
    private static final String WRITE = "chain o { type route hook output priority -150; %s; }"
            + " chain r { type filter hook prerouting priority -300; tcp sport 9090 tcp sport set 8080; }";

    @TempDir
    Path folder;

    @BeforeEach
    void able() {
        assumeThat(Rights.uid()).as("only root makes network namespaces").isZero();
        assumeThat(Commands.start("nft", "--version").await(Duration.ofSeconds(10)))
                .as("nft is installed")
                .isInstanceOf(Commands.Answer.Output.class);
    }

    static Stream<String> scenes() {
        String jump = "map m { type inet_service : verdict; elements = { %d : jump j } }"
                + " chain j { meta l4proto tcp redirect to :9090; } ";
        return Stream.of(
                "table ip t { " + NAT.formatted("tcp dport 8080 redirect to :9090") + " }",
                "table ip t { flags dormant; " + NAT.formatted("tcp dport 8080 redirect to :9090") + " }",
                "table ip t { flags dormant; " + WRITE.formatted("tcp dport 8080 tcp dport set 9090") + " }",
                "table ip t { flags dormant; " + NAT.formatted("tcp dport 8080 redirect to :9091") + " }\n"
                        + "table inet t { " + NAT.formatted("tcp dport 8080 redirect to :9090") + " }",
                "table ip t { " + NAT.formatted("meta l4proto tcp redirect to :tcp dport map { 8080 : 9090, 1 : 2 }")
                        + " }",
                "table ip t { " + NAT.formatted("meta l4proto tcp redirect to :tcp dport map { 80 : 9090, 1 : 2 }")
                        + " }",
                "table ip t { " + jump.formatted(8080) + NAT.formatted("tcp dport vmap @m") + " }",
                "table ip t { " + jump.formatted(80) + NAT.formatted("tcp dport vmap @m") + " }",
                "table ip t { map m { type inet_service : ipv4_addr . inet_service; flags interval;"
                        + " elements = { 8000-8100 : 127.0.0.1 . 9090 } } "
                        + NAT.formatted("dnat ip addr . port to tcp dport map @m") + " }",
                "table ip t { " + WRITE.formatted("tcp dport 8080 tcp dport set 9090") + " }",
                "table ip t { " + WRITE.formatted("tcp dport set tcp dport map { 8080 : 9090, 1 : 2 }") + " }",
                "table ip t { " + WRITE.formatted("tcp dport set tcp dport map { 80 : 9090, 1 : 2 }") + " }",
                "table ip t { map m { type inet_service : inet_service; elements = { 8080 : 9090 } } "
                        + WRITE.formatted("tcp dport set tcp dport map @m") + " }",
                "table inet t { " + WRITE.formatted("udp dport 8080 udp dport set 9090") + " }");
    }

    /** @param port where the client's first packet came; empty where the machine cannot do what the scene needs */
    private record Seen(Optional<Integer> port, Nat nat) {}

    @ParameterizedTest
    @MethodSource("scenes")
    @DisplayName("a rule is told that takes the client, and none that does not")
    void comesTrue(String rules) throws IOException, InterruptedException {
        // nft wants a line's end behind a block.
        Path file = Files.writeString(folder.resolve("rules"), rules.replace("} ", "}\n"));
        try (var child = PythonChild.with(ELSEWHERE)) {
            NetNamespaces.Answer<Seen> answer =
                    NetNamespaces.in(NetNamespaces.ofProcess(child.pid()), () -> look(file));
            Seen seen = ((NetNamespaces.Answer.Done<Seen>) answer).value();
            assumeThat(seen.port()).as("this kernel takes the rules").isPresent();
            boolean taken = seen.port().orElseThrow() == OTHER;
            assertThat(seen.nat()).isInstanceOfSatisfying(Nat.Read.class, read -> {
                assertThat(read.unread()).isEmpty();
                assertThat(read.rules())
                        .extracting(Nat.Rule::target, Nat.Rule::takes)
                        .allMatch(_ -> taken)
                        .hasSize(taken ? 1 : 0);
            });
        }
    }

    private static Seen look(Path rules) throws IOException {
        Nat nothing = new Nat.NotAsked();
        if (!(Commands.start("nft", "-f", rules.toString()).await(Duration.ofSeconds(10))
                instanceof Commands.Answer.Output)) {
            return new Seen(Optional.empty(), nothing);
        }
        var asked = new NatLook.Asked(List.of(), Commands.start("nft", "-j", "list", "ruleset"), KernelRules.ask());
        Nat nat = new NatLook.Started(asked)
                .on(PORT, new Destination(List.of(LOOPBACK), Optional.of(LOOPBACK), Set.of(Family.IPV4)));
        return new Seen(Optional.of(reached()), nat);
    }

    /** Where the first packet of a client of the port comes: the kernel makes a socket for it there. */
    private static int reached() throws IOException {
        try (ServerSocketChannel here = ServerSocketChannel.open(StandardProtocolFamily.INET);
                ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.INET);
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.INET)) {
            here.bind(new InetSocketAddress(LOOPBACK, PORT));
            other.bind(new InetSocketAddress(LOOPBACK, OTHER));
            client.bind(new InetSocketAddress(LOOPBACK, 0));
            client.configureBlocking(false);
            client.connect(new InetSocketAddress(LOOPBACK, PORT));
            int from = ((InetSocketAddress) client.getLocalAddress()).getPort();
            var reader = new InetDiagReader();
            return await().pollInSameThread()
                    .until(
                            () -> reader.read(SocketQuery.toPort(from)) instanceof Reading.Snapshot snapshot
                                    ? snapshot.sockets().stream()
                                            .map(TcpSocket::local)
                                            .map(local -> local.port())
                                            .filter(port -> port == PORT || port == OTHER)
                                            .findFirst()
                                    : Optional.<Integer>empty(),
                            Optional::isPresent)
                    .orElseThrow();
        }
    }
}
