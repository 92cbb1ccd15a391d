package dev.rebind.sockets.diag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rebind.sockets.Arrangement;
import dev.rebind.sockets.Arrangement.Residue;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.ForEachAddressPair;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.diag.SocketLookup.Answer;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One netlink socket for all questions, as whoever watches a port has it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("try") // sockets are closed in the middle of what they are for
class SocketLookupTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final InetDiagReader reader = new InetDiagReader();

    @SuppressWarnings("NullAway.Init")
    private SocketLookup lookup;

    @BeforeAll
    void open() throws Exception {
        lookup = new SocketLookup();
    }

    @AfterAll
    void close() {
        lookup.close();
    }

    @ForEachAddressPair
    @DisplayName("When a socket of a dump is asked for by itself, then the answer is what the dump has, in every state")
    void as_the_dump(Family family, String bind, Family peerFamily, String peer) throws Exception {
        for (Residue residue : Residue.values()) {
            if (residue == Residue.none || residue == Residue.BOUND) {
                continue;
            }
            try (var arrangement = new Arrangement(family, bind, peerFamily, peer, residue, _ -> {})) {
                asTheDump(arrangement, residue);
            }
        }
    }

    /** A queue may still move, and its timer with it: the answers lie between two dumps that are the same. */
    private void asTheDump(Arrangement arrangement, Residue residue) throws Exception {
        List<TcpSocket> known;
        List<TcpSocket> found;
        List<TcpSocket> later = arrangement.settled(reader, residue).sockets();
        do {
            known = later;
            found = new ArrayList<>();
            for (TcpSocket socket : known) {
                found.add(found(lookup.ask(socket)));
            }
            later = arrangement.settled(reader, residue).sockets();
        } while (!moving(known).equals(moving(later)));
        assertThat(found)
                .as("%s", residue)
                .usingRecursiveComparison()
                .ignoringFields("timer.remaining")
                .isEqualTo(known);
        for (int i = 0; i < known.size(); i++) {
            assertThat(found.get(i).timer().remaining())
                    .isLessThanOrEqualTo(known.get(i).timer().remaining());
        }
    }

    private static List<?> moving(List<TcpSocket> sockets) {
        return sockets.stream()
                .map(one -> List.of(
                        one.cookie(),
                        one.state(),
                        one.recvQ(),
                        one.sendQ(),
                        one.timer().kind(),
                        one.timer().retransmits()))
                .toList();
    }

    @Test
    @DisplayName("When a connection is gone and its listener is not, then the answer is gone and not the listener")
    void not_the_listener() throws Exception {
        int port = FreePorts.next();
        try (var listener = PosixSocket.open(Family.IPV4)
                        .bind(new Endpoint(LOOPBACK, port))
                        .listen(4);
                var client = PosixSocket.open(Family.IPV4).connect(new Endpoint(LOOPBACK, port));
                var accepted = listener.accept()) {
            List<TcpSocket> seen = sockets(port);
            assertThat(seen).hasSize(2);
            accepted.resetOnClose().close();
            client.close();
            for (TcpSocket known : seen) {
                Answer answer = lookup.ask(known);
                if (known.state() == TcpState.LISTEN) {
                    assertThat(found(answer).cookie()).isEqualTo(known.cookie());
                } else {
                    assertThat(answer).isEqualTo(new Answer.Gone());
                }
            }
            listener.close();
            assertThat(seen).allSatisfy(known -> assertThat(lookup.ask(known)).isEqualTo(new Answer.Gone()));
        }
    }

    @Test
    @DisplayName("When several listeners share a port, then each is found as itself, and the one that closes is gone")
    void shared_port() throws Exception {
        int port = FreePorts.next();
        try (var one = sharing(port);
                var other = sharing(port);
                var third = sharing(port)) {
            List<TcpSocket> seen = sockets(port);
            assertThat(seen).hasSize(3);
            for (TcpSocket known : seen) {
                assertThat(found(lookup.ask(known)).cookie()).isEqualTo(known.cookie());
            }
            other.close();
            assertThat(seen.stream().map(lookup::ask).filter(Answer.Gone.class::isInstance))
                    .hasSize(1);
            assertThat(one.fd()).isNotEqualTo(third.fd());
        }
    }

    private static PosixSocket sharing(int port) throws Exception {
        return PosixSocket.open(Family.IPV4)
                .reusePort(true)
                .bind(new Endpoint(LOOPBACK, port))
                .listen(4);
    }

    @Test
    @DisplayName(
            "When a socket is only bound, which no lookup of the kernel finds, then it is found until it is closed")
    void bound() throws Exception {
        int port = FreePorts.next();
        try (var socket = PosixSocket.open(Family.IPV4).bind(new Endpoint(LOOPBACK, port))) {
            List<TcpSocket> seen = sockets(port);
            assumeThat(seen).as("Linux 6.8 and later show such sockets").isNotEmpty();
            TcpSocket known = seen.getFirst();
            assertThat(found(lookup.ask(known)).boundOnly()).isTrue();
            socket.listen(4);
            assertThat(found(lookup.ask(known)).state()).isEqualTo(TcpState.LISTEN);
            socket.close();
            assertThat(lookup.ask(known)).isEqualTo(new Answer.Gone());
        }
    }

    @Test
    @DisplayName("When tcp_info is asked for, then the connection's is in the answer")
    void info() throws Exception {
        try (var arrangement =
                new Arrangement(Family.IPV4, "127.0.0.1", Family.IPV4, "127.0.0.1", Residue.ESTABLISHED, _ -> {})) {
            TcpSocket known =
                    arrangement.settled(reader, Residue.ESTABLISHED).sockets().getFirst();
            assertThat(found(lookup.askWithInfo(known)).info()).isNotNull();
            assertThat(found(lookup.ask(known)).info()).isNull();
        }
    }

    @Test
    @DisplayName("When the lookup is closed, then it asks nothing on a descriptor that is somebody else's by now")
    void closed() throws Exception {
        var closed = new SocketLookup();
        closed.close();
        try (var arrangement =
                new Arrangement(Family.IPV4, "127.0.0.1", Family.IPV4, "127.0.0.1", Residue.ESTABLISHED, _ -> {})) {
            TcpSocket known =
                    arrangement.settled(reader, Residue.ESTABLISHED).sockets().getFirst();
            assertThatIllegalStateException().isThrownBy(() -> closed.ask(known));
        }
    }

    private List<TcpSocket> sockets(int port) {
        return assertInstanceOf(Snapshot.class, reader.read(SocketQuery.onPort(port)))
                .sockets();
    }

    private static TcpSocket found(Answer answer) {
        return assertInstanceOf(Answer.Found.class, answer).socket();
    }
}
