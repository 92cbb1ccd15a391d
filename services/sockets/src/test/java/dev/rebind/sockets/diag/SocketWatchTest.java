package dev.rebind.sockets.diag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.diag.SocketWatch.Look;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // sockets are closed in the middle of what they are for
class SocketWatchTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final InetDiagReader reader = new InetDiagReader();

    @ParameterizedTest
    @ValueSource(ints = {SocketWatch.ONE_BY_ONE, 0})
    @DisplayName("When sockets go one after the other, then each departure is told once, with the time around it")
    void departures(int oneByOne) throws Exception {
        int port = FreePorts.next();
        try (var lookup = new SocketLookup();
                var listener = listening(port);
                var client = PosixSocket.open(Family.IPV4).connect(new Endpoint(LOOPBACK, port));
                var accepted = listener.accept()) {
            long start = System.nanoTime();
            var watch = new SocketWatch(lookup, reader, oneByOne, sockets(port), start);
            assertThat(taken(watch).standing()).hasSize(2);
            assertThat(taken(watch).departed()).isEmpty();

            accepted.resetOnClose().close();
            client.close();
            Look.Taken look = taken(watch);
            assertThat(look.departed()).singleElement().satisfies(departure -> {
                assertThat(departure.socket().state()).isEqualTo(TcpState.ESTABLISHED);
                assertThat(departure.seenNanos()).isBetween(start, departure.goneNanos());
            });
            assertThat(look.standing()).extracting(TcpSocket::state).containsExactly(TcpState.LISTEN);
            assertThat(taken(watch).departed()).isEmpty();

            listener.close();
            assertThat(taken(watch).departed()).hasSize(1);
            assertThat(taken(watch)).isEqualTo(new Look.Taken(List.of(), List.of()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SocketWatch.ONE_BY_ONE, 0})
    @DisplayName("When a connection is closed and its process leaves a TIME_WAIT, then it is still standing, as that")
    void goes_on(int oneByOne) throws Exception {
        int port = FreePorts.next();
        try (var lookup = new SocketLookup();
                var listener = listening(port);
                var client = PosixSocket.open(Family.IPV4).connect(new Endpoint(LOOPBACK, port));
                var accepted = listener.accept()) {
            listener.close();
            var watch = new SocketWatch(lookup, reader, oneByOne, sockets(port), System.nanoTime());
            accepted.close();
            becomes(watch, TcpState.FIN_WAIT_2);
            client.receive(1);
            client.close();
            becomes(watch, TcpState.TIME_WAIT);
        }
    }

    /** The peer's kernel takes its time to acknowledge a FIN; on the way nothing may be told to have departed. */
    private static void becomes(SocketWatch watch, TcpState state) {
        await().until(() -> {
            Look.Taken look = taken(watch);
            assertThat(look.departed()).isEmpty();
            return look.standing().stream().map(TcpSocket::state).toList().equals(List.of(state));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {SocketWatch.ONE_BY_ONE, 0})
    @DisplayName("When another connection has the addresses of one that is gone, then the first has departed")
    void replaced(int oneByOne) throws Exception {
        int port = FreePorts.next();
        var from = new Endpoint(LOOPBACK, FreePorts.next());
        try (var lookup = new SocketLookup();
                var listener = listening(port);
                var client = PosixSocket.open(Family.IPV4).bind(from).connect(new Endpoint(LOOPBACK, port));
                var accepted = listener.accept()) {
            List<TcpSocket> connections = sockets(port).stream()
                    .filter(socket -> socket.state() == TcpState.ESTABLISHED)
                    .toList();
            var watch = new SocketWatch(lookup, reader, oneByOne, connections, System.nanoTime());
            accepted.resetOnClose().close();
            client.close();
            try (var next = PosixSocket.open(Family.IPV4).bind(from).connect(new Endpoint(LOOPBACK, port));
                    var nextAccepted = listener.accept()) {
                assertThat(nextAccepted.remote()).isEqualTo(next.local());
                assertThat(taken(watch).departed()).hasSize(1);
            }
        }
    }

    @Test
    @DisplayName("When a dump fails, then nothing has departed, and the next look starts from the one before")
    void failed() throws Exception {
        int port = FreePorts.next();
        try (var lookup = new SocketLookup();
                var listener = listening(port)) {
            var answers = new java.util.ArrayDeque<Reading>(
                    List.of(new Reading.Unreadable("the test", "it is blind"), reader.read(SocketQuery.onPort(port))));
            var watch = new SocketWatch(lookup, _ -> answers.remove(), 0, sockets(port), System.nanoTime());
            assertThat(watch.look()).isEqualTo(new Look.Failed("it is blind"));
            assertThat(taken(watch).standing()).hasSize(1);
            assertThat(listener.fd()).isNotNegative();
        }
    }

    private static PosixSocket listening(int port) throws Exception {
        return PosixSocket.open(Family.IPV4).bind(new Endpoint(LOOPBACK, port)).listen(4);
    }

    private List<TcpSocket> sockets(int port) {
        return assertInstanceOf(Snapshot.class, reader.read(SocketQuery.onPort(port)))
                .sockets();
    }

    private static Look.Taken taken(SocketWatch watch) {
        return assertInstanceOf(Look.Taken.class, watch.look());
    }
}
