package dev.rebind.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rebind.sockets.Arrangement.Residue;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.Libc;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.ProcReader;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Both readers on sockets in known states, of every kind that one machine can make. */
@SuppressWarnings("try") // sockets are closed in the middle of what they are for
class ReadersAgreeTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    /** A tick of HZ=100 and the grain of /proc, and the time between the two looks. */
    private static final Duration GRAIN = Duration.ofMillis(100);

    private final SocketReader diag = new InetDiagReader();
    private final SocketReader proc = new ProcReader(Path.of("/proc/net"));

    @ForEachAddressPair
    @DisplayName("When a server has left sockets in a state, then both readers show them alike, from both sides")
    void residues(Family family, String bind, Family peerFamily, String peer) throws Exception {
        for (Residue residue : Residue.values()) {
            try (var arrangement = new Arrangement(family, bind, peerFamily, peer, residue, socket -> {})) {
                arrangement.settled(diag, residue);
                List<TcpSocket> seen = agreed(arrangement.port);
                if (residue == Residue.none) {
                    assertThat(seen).isEmpty();
                } else if (residue != Residue.BOUND) {
                    assertThat(seen)
                            .filteredOn(socket -> socket.local().port() == arrangement.port)
                            .isNotEmpty()
                            .allSatisfy(socket -> {
                                assertThat(socket.family()).isEqualTo(family);
                                assertThat(socket.state()).isEqualTo(Arrangement.state(residue));
                            });
                }
            }
        }
    }

    @Test
    @DisplayName("When a connection waits to be accepted and its data to be read, then both readers count them")
    void queues() throws Exception {
        int port = FreePorts.next();
        try (var listener = PosixSocket.open(Family.IPV4)
                        .bind(new Endpoint(LOOPBACK, port))
                        .listen(4);
                var client = PosixSocket.open(Family.IPV4).connect(new Endpoint(LOOPBACK, port))) {
            client.send(new byte[100]);
            await().until(() -> agreed(port).stream().anyMatch(socket -> socket.recvQ() == 100));
            List<TcpSocket> seen = agreed(port);
            assertThat(only(seen, TcpState.LISTEN).recvQ()).isEqualTo(1);
            assertThat(seen)
                    .filteredOn(socket -> socket.recvQ() == 100)
                    .singleElement()
                    .satisfies(socket -> {
                        assertThat(socket.state()).isEqualTo(TcpState.ESTABLISHED);
                        assertThat(socket.inode()).as("nobody has accepted it").isZero();
                    });
            try (var accepted = listener.accept()) {
                client.close();
                await().until(() -> agreed(port).stream().anyMatch(s -> s.state() == TcpState.CLOSE_WAIT));
                TcpSocket waiting = only(agreed(port), TcpState.CLOSE_WAIT);
                assertThat(waiting.recvQ()).as("its FIN counts as one byte").isBetween(100L, 101L);
                assertThat(waiting.inode()).isNotZero();
                assertThat(accepted.local()).isEqualTo(waiting.local());
            }
        }
    }

    @Test
    @DisplayName(
            "When unsent data keeps a FIN back, then FIN_WAIT_1, CLOSING and LAST_ACK are seen with their timers and queues")
    void closing() throws Exception {
        try (var arrangement =
                new Arrangement(Family.IPV4, "127.0.0.1", Family.IPV4, "127.0.0.1", Residue.FIN_WAIT_1, socket -> {})) {
            arrangement.settled(diag, Residue.FIN_WAIT_1);
            await().until(() -> agreed(arrangement.port).stream()
                    .anyMatch(s -> s.state() == TcpState.FIN_WAIT_1
                            && s.timer().kind() == SocketTimer.Kind.ZERO_WINDOW_PROBE));
            assertThat(only(agreed(arrangement.port), TcpState.FIN_WAIT_1).sendQ())
                    .isPositive();
            arrangement.sockets().get(1).shutdownOutput();
            await().until(() -> has(arrangement.port, TcpState.CLOSING));
            assertThat(only(agreed(arrangement.port), TcpState.CLOSING).sendQ()).isPositive();
        }
        int port = FreePorts.next();
        try (var listener = PosixSocket.open(Family.IPV4)
                        .bind(new Endpoint(LOOPBACK, port))
                        .listen(4);
                var client = PosixSocket.open(Family.IPV4).buffers(4096, 4096).connect(new Endpoint(LOOPBACK, port));
                var accepted = listener.accept()) {
            int sent;
            do {
                sent = accepted.send(new byte[65_536]);
            } while (sent > 0);
            client.shutdownOutput();
            await().until(() -> has(port, TcpState.CLOSE_WAIT));
            accepted.close();
            await().until(() -> has(port, TcpState.LAST_ACK));
            TcpSocket last = only(agreed(port), TcpState.LAST_ACK);
            assertThat(last.sendQ()).isPositive();
            assertThat(last.inode()).isZero();
        }
    }

    @Test
    @DisplayName("When an accept queue is full, then the client that waits is in SYN_SENT with a retransmission timer")
    void syn_sent() throws Exception {
        int port = FreePorts.next();
        var clients = new ArrayList<SocketChannel>();
        try (var listener =
                PosixSocket.open(Family.IPV4).bind(new Endpoint(LOOPBACK, port)).listen(0)) {
            assertThat(listener.fd()).isNotNegative();
            await().until(() -> {
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.INET);
                clients.add(client);
                client.configureBlocking(false);
                client.connect(new InetSocketAddress(LOOPBACK, port));
                return has(port, TcpState.SYN_SENT);
            });
            assertThat(agreed(port))
                    .filteredOn(s -> s.state() == TcpState.SYN_SENT)
                    .allSatisfy(socket -> {
                        assertThat(socket.remote().port()).isEqualTo(port);
                        assertThat(socket.timer().kind()).isEqualTo(SocketTimer.Kind.RETRANSMIT);
                    });
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    @Test
    @DisplayName(
            "When a connection request waits for its first data, then both show SYN_RECEIVED, asked for under either name")
    void connection_request() throws Exception {
        int port = FreePorts.next();
        try (var listener = PosixSocket.open(Family.IPV4).bind(new Endpoint(LOOPBACK, port));
                Arena arena = Arena.ofConfined()) {
            // TCP_DEFER_ACCEPT (include/uapi/linux/tcp.h): no full socket before the client has said something.
            var seconds = arena.allocateFrom(ValueLayout.JAVA_INT, 30);
            assertThat(Libc.call(
                            arena, state -> (int) Libc.SETSOCKOPT.invokeExact(state, listener.fd(), 6, 9, seconds, 4)))
                    .isZero();
            listener.listen(4);
            try (var client = PosixSocket.open(Family.IPV4).connect(new Endpoint(LOOPBACK, port))) {
                assertThat(client.remote().port()).isEqualTo(port);
                await().until(() -> has(port, TcpState.SYN_RECEIVED));
                for (TcpState name : List.of(TcpState.SYN_RECEIVED, TcpState.NEW_SYN_RECV)) {
                    for (SocketReader reader : List.of(diag, proc)) {
                        assertThat(sockets(reader, SocketQuery.onPort(port).in(Set.of(name))))
                                .singleElement()
                                .satisfies(socket -> {
                                    assertThat(socket.state()).isEqualTo(TcpState.SYN_RECEIVED);
                                    assertThat(socket.inode()).isZero();
                                });
                    }
                }
            }
        }
    }

    @Test
    @DisplayName("When a client connects to itself, then one socket is seen whose two ends are the same")
    void self_connected() throws Exception {
        int port = FreePorts.next();
        try (var socket = PosixSocket.open(Family.IPV4).bind(new Endpoint(LOOPBACK, port))) {
            socket.connect(new Endpoint(LOOPBACK, port));
            assertThat(agreed(port)).singleElement().satisfies(seen -> {
                assertThat(seen.selfConnected()).isTrue();
                assertThat(seen.state()).isEqualTo(TcpState.ESTABLISHED);
            });
        }
    }

    @Test
    @DisplayName("When a query names states and a far port, then nothing else is in the answer")
    void queries() throws Exception {
        try (var arrangement =
                new Arrangement(Family.IPV4, "127.0.0.1", Family.IPV4, "127.0.0.1", Residue.FIN_WAIT_2, socket -> {})) {
            arrangement.settled(diag, Residue.FIN_WAIT_2);
            // Sockets of other programs may come and go all the time, so that no two reads of the whole table are the
            // same.
            SocketReader steady = ProcReader.steadyOn(Path.of("/proc/net"), arrangement.port);
            for (SocketReader reader : List.of(diag, steady)) {
                assertThat(sockets(reader, SocketQuery.toPort(arrangement.port)))
                        .singleElement()
                        .satisfies(socket -> assertThat(socket.state()).isEqualTo(TcpState.CLOSE_WAIT));
                assertThat(sockets(reader, SocketQuery.onPort(arrangement.port).in(Set.of(TcpState.TIME_WAIT))))
                        .isEmpty();
                assertThat(sockets(reader, SocketQuery.onPort(arrangement.port).in(Set.of())))
                        .isEmpty();
                assertThat(sockets(reader, SocketQuery.all()))
                        .filteredOn(SocketQuery.around(arrangement.port)::matches)
                        .hasSize(2);
            }
        }
    }

    private boolean has(int port, TcpState state) {
        return agreed(port).stream().anyMatch(socket -> socket.state() == state);
    }

    private static TcpSocket only(List<TcpSocket> sockets, TcpState state) {
        return assertThat(sockets)
                .filteredOn(socket -> socket.state() == state)
                .singleElement()
                .actual();
    }

    private static List<TcpSocket> sockets(SocketReader reader, SocketQuery query) {
        Reading reading = reader.read(query);
        return assertInstanceOf(Snapshot.class, reading, reading::toString).sockets();
    }

    /** What both readers say of the port, once they say the same: states go on changing while we look. */
    private List<TcpSocket> agreed(int port) {
        SocketQuery query = SocketQuery.around(port);
        var agreed = new ArrayList<TcpSocket>();
        await().untilAsserted(() -> {
            agreed.clear();
            List<TcpSocket> byDiag = sockets(diag, query).stream()
                    .filter(socket -> socket.state() != TcpState.CLOSED)
                    .sorted(ORDER)
                    .toList();
            List<TcpSocket> byProc = sockets(proc, query).stream().sorted(ORDER).toList();
            assertThat(byProc).hasSameSizeAs(byDiag);
            for (int i = 0; i < byDiag.size(); i++) {
                same(byDiag.get(i), byProc.get(i));
            }
            agreed.addAll(byDiag);
        });
        return agreed;
    }

    private static final Comparator<TcpSocket> ORDER = Comparator.comparing(TcpSocket::state)
            .thenComparing(socket -> socket.local().toString())
            .thenComparing(socket -> socket.remote().toString());

    private static void same(TcpSocket diag, TcpSocket proc) {
        boolean listens = diag.state() == TcpState.LISTEN;
        var withoutTimer = TcpSocket.of(diag.state(), diag.local(), diag.remote())
                .withFamily(diag.family())
                .withRecvQ(diag.recvQ())
                .withSendQ(listens ? 0 : diag.sendQ())
                .withTimer(proc.timer())
                .withUid(diag.uid())
                .withInode(diag.inode());
        assertThat(proc)
                .as("/proc does not tell a listener's backlog and IPV6_V6ONLY")
                .isEqualTo(withoutTimer);
        assertThat(proc.timer().kind()).isEqualTo(diag.timer().kind());
        assertThat(proc.timer().remaining()).isCloseTo(diag.timer().remaining(), GRAIN);
    }
}
