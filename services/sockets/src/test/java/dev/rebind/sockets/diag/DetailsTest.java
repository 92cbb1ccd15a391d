package dev.rebind.sockets.diag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rebind.sockets.Arrangement;
import dev.rebind.sockets.Arrangement.Residue;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.TcpInfo;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Rights;
import dev.rebind.sockets.proc.Rights.Right;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DetailsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final InetDiagReader reader = new InetDiagReader();

    @Test
    @DisplayName("When a listener is that of an MPTCP socket, then it is shown as such, and an ordinary one is not")
    void multipath() throws Exception {
        assumeThat(new Rights().has(Right.CAP_NET_ADMIN)).contains(true);
        int port = FreePorts.next();
        int ordinary = FreePorts.next();
        String program = """
                try:
                    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
                except OSError:
                    s = socket.socket()
                s.bind(("127.0.0.1", PORT))
                s.listen(9)
                o = socket.socket()
                o.bind(("127.0.0.1", OTHER))
                o.listen(9)
                """;
        try (var child = PythonChild.with(program, port, ordinary)) {
            TcpSocket listener = only(port);
            assumeThat(listener.upperLayer())
                    .as("this kernel has MPTCP, and it is on")
                    .isNotNull();
            assertThat(listener.multipath()).isTrue();
            assertThat(listener.inode()).as("of the MPTCP socket itself").isEqualTo(child.inode());
            assertThat(only(ordinary).multipath()).isFalse();
        }
    }

    @Test
    @DisplayName("When a socket is only bound, then it is shown as BOUND, with its owner's inode and no peer")
    void bound() throws Exception {
        int port = FreePorts.next();
        try (var socket =
                PosixSocket.open(Family.IPV6).v6Only(true).bind(new Endpoint(InetAddress.ofLiteral("::1"), port))) {
            List<TcpSocket> seen = sockets(port);
            assumeThat(seen).as("Linux 6.8 and later show such sockets").isNotEmpty();
            assertThat(seen).singleElement().satisfies(one -> {
                assertThat(one.stateName()).isEqualTo("BOUND");
                assertThat(one.boundOnly()).isTrue();
                assertThat(one.peer()).isEmpty();
                assertThat(one.local()).isEqualTo(socket.local());
                assertThat(one.inode()).isNotZero();
                assertThat(one.cookie()).isNotZero();
                assertThat(one.v6Only()).isTrue();
            });
        }
    }

    @Test
    @DisplayName("When a listener is bound to a device, then the device's index is shown, with uid, v6only and backlog")
    void device() throws Exception {
        int port = FreePorts.next();
        String program = """
                s = socket.socket(socket.AF_INET6)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
                s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                s.bind(("::", PORT))
                s.listen(7)
                """;
        try (var child = PythonChild.with(program, port, 0)) {
            TcpSocket listener = only(port);
            assertThat(listener.device())
                    .isEqualTo(NetworkInterface.getByName("lo").getIndex());
            assertThat(listener.v6Only()).isTrue();
            assertThat(listener.inode()).isEqualTo(child.inode());
            assertThat(listener.sendQ()).isEqualTo(7);
            assertThat(listener.peer()).isEmpty();
            assertThat(listener.info()).isNull();
        }
    }

    @Test
    @DisplayName("When tcp_info is asked for, then connections have it, and a TIME_WAIT and a usual snapshot have none")
    void info() throws Exception {
        try (var connected = new Arrangement(
                        Family.IPV4, "127.0.0.1", Family.IPV4, "127.0.0.1", Residue.ESTABLISHED, _ -> {});
                var left = new Arrangement(
                        Family.IPV4, "127.0.0.1", Family.IPV4, "127.0.0.1", Residue.TIME_WAIT, _ -> {})) {
            connected.settled(reader, Residue.ESTABLISHED);
            left.settled(reader, Residue.TIME_WAIT);
            InetDiagReader withInfo = InetDiagReader.withInfo();
            TcpSocket socket = snapshot(withInfo, connected.port).getFirst();
            TcpInfo info = Optional.ofNullable(socket.info()).orElseThrow();
            assertThat(info.rto()).isBetween(Duration.ofMillis(1), Duration.ofMinutes(2));
            assertThat(info.roundTrip()).isLessThan(Duration.ofSeconds(10));
            assertThat(info.retransmits()).isZero();
            assertThat(snapshot(withInfo, left.port))
                    .singleElement()
                    .satisfies(one -> assertThat(one.info()).isNull());
            assertThat(sockets(connected.port).getFirst().info()).isNull();
            assertThat(socket.peer()).contains(socket.remote());
        }
    }

    @Test
    @DisplayName("When states are asked for with and without listeners, then each socket is shown once")
    void split() throws Exception {
        int port = FreePorts.next();
        try (var listener = PosixSocket.open(Family.IPV4)
                        .bind(new Endpoint(LOOPBACK, port))
                        .listen(4);
                var client = PosixSocket.open(Family.IPV4).connect(new Endpoint(LOOPBACK, port));
                var accepted = listener.accept()) {
            assertThat(client.remote()).isEqualTo(accepted.local());
            assertThat(sockets(port))
                    .extracting(TcpSocket::state)
                    .containsExactlyInAnyOrder(TcpState.LISTEN, TcpState.ESTABLISHED);
            SocketQuery query = SocketQuery.onPort(port);
            assertThat(assertInstanceOf(
                                    Snapshot.class,
                                    reader.read(query.in(EnumSet.complementOf(EnumSet.of(TcpState.LISTEN)))))
                            .sockets())
                    .extracting(TcpSocket::state)
                    .containsExactly(TcpState.ESTABLISHED);
        }
    }

    private TcpSocket only(int port) {
        return assertThat(sockets(port)).singleElement().actual();
    }

    private List<TcpSocket> sockets(int port) {
        return snapshot(reader, port);
    }

    private static List<TcpSocket> snapshot(InetDiagReader reader, int port) {
        return assertInstanceOf(Snapshot.class, reader.read(SocketQuery.onPort(port)))
                .sockets();
    }
}
