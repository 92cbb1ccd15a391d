package dev.rebind.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.agent.lab.Obstacles.Kind;
import dev.rebind.agent.lab.Obstacles.Obstacle;
import dev.rebind.agent.lab.Obstacles.Placing;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.owners.Owners;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObstaclesTest {
    private final SocketReader reader = SocketReaders.best();
    private final ChildJvm jvm = ChildJvm.likeThis();
    private final int port = FreePorts.next();

    private Obstacle placed(Kind kind, String address) throws Exception {
        Placing placing = Obstacles.place(jvm, kind, new Place(address, port), false, false);
        assertThat(placing).isInstanceOf(Placing.Placed.class);
        return ((Placing.Placed) placing).obstacle();
    }

    private List<TcpSocket> onPort() {
        return reader.read(SocketQuery.onPort(port)) instanceof Reading.Snapshot snapshot
                ? snapshot.sockets()
                : List.of();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
    @DisplayName("a listener is another process's, and nothing is left of it once it is closed")
    void listener(String address) throws Exception {
        try (Obstacle obstacle = placed(Kind.listener, address)) {
            assertThat(onPort()).singleElement().satisfies(socket -> {
                assertThat(socket.state()).isEqualTo(TcpState.LISTEN);
                assertThat(new Owners().of(Set.of(socket.inode())))
                        .containsEntry(socket.inode(), new Owner(obstacle.pid(), "rebind-stranger"));
            });
            assertThat(obstacle.pid()).isNotEqualTo(ProcessHandle.current().pid());
        }
        assertThat(onPort()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
    @DisplayName("an outgoing connection ends at a listener elsewhere, and leaves nothing once it is closed")
    void outgoing(String address) throws Exception {
        try (var _ = placed(Kind.outgoing, address)) {
            assertThat(onPort()).singleElement().satisfies(socket -> {
                assertThat(socket.state()).isEqualTo(TcpState.ESTABLISHED);
                assertThat(socket.remote().port()).isNotEqualTo(port);
                assertThat(reader.read(SocketQuery.onPort(socket.remote().port())))
                        .isInstanceOfSatisfying(
                                Reading.Snapshot.class,
                                far -> assertThat(far.sockets())
                                        .extracting(TcpSocket::state)
                                        .contains(TcpState.LISTEN));
            });
        }
        assertThat(onPort()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
    @DisplayName("a client connected to itself is one socket with one address")
    void selfConnect(String address) throws Exception {
        try (var _ = placed(Kind.self_connect, address)) {
            assertThat(onPort()).singleElement().satisfies(socket -> {
                assertThat(socket.state()).isEqualTo(TcpState.ESTABLISHED);
                assertThat(socket.selfConnected()).isTrue();
            });
        }
        assertThat(onPort()).isEmpty();
    }

    @Test
    @DisplayName("while somebody listens there a stranger cannot have the port, and says by which call and errno")
    void besideAListener() throws Exception {
        try (var listener = PosixSocket.open(Family.IPV4).reuseAddress(true)) {
            listener.bind(new Endpoint(InetAddress.ofLiteral("127.0.0.1"), port))
                    .listen(1);

            assertThat(Obstacles.place(jvm, Kind.outgoing, new Place("127.0.0.1", port), true, false))
                    .isInstanceOfSatisfying(Placing.Failed.class, failed -> {
                        assertThat(failed.errno()).isEqualTo("EADDRINUSE");
                        assertThat(failed.call()).isEqualTo("bind");
                        assertThat(failed.why()).contains("127.0.0.1:" + port);
                    });
            try (var _ = placed(Kind.outgoing, "127.0.0.2")) {
                assertThat(onPort()).hasSize(2);
            }
        }
    }

    @Test
    @DisplayName("a stranger stands beside leftovers only with SO_REUSEADDR on both")
    void besideLeftovers() throws Exception {
        var place = new Endpoint(InetAddress.ofLiteral("127.0.0.1"), port);
        try (var client = PosixSocket.open(Family.IPV4);
                var _ = accepted(place, client)) {
            assertThat(Obstacles.place(jvm, Kind.listener, new Place("127.0.0.1", port), false, false))
                    .isInstanceOf(Placing.Failed.class);
            assertThat(Obstacles.place(jvm, Kind.listener, new Place("127.0.0.1", port), true, false))
                    .isInstanceOfSatisfying(
                            Placing.Placed.class, done -> done.obstacle().close());
        }
    }

    /** The server's side of a connection whose listener, with SO_REUSEADDR, is gone. */
    private static PosixSocket accepted(Endpoint place, PosixSocket client) throws Exception {
        try (var listener = PosixSocket.open(Family.IPV4).reuseAddress(true)) {
            listener.bind(place).listen(1);
            client.connect(place);
            return listener.accept();
        }
    }

    @Test
    @DisplayName("a program that cannot be started, or that dies, is a failure with its last words")
    void broken() throws Exception {
        var missing = new ChildJvm(List.of("/nonexistent/java"));
        assertThat(Obstacles.place(missing, Kind.listener, new Place("127.0.0.1", port), false, false))
                .isInstanceOfSatisfying(
                        Placing.Failed.class, failed -> assertThat(failed.why()).contains("/nonexistent/java"));
        var dying = new ChildJvm(List.of("/bin/sh", "-c", "echo oh dear >&2; exit 7"));
        assertThat(Obstacles.place(dying, Kind.listener, new Place("127.0.0.1", port), false, false))
                .isInstanceOfSatisfying(
                        Placing.Failed.class,
                        failed ->
                                assertThat(failed.why()).contains("exit code 7").contains("oh dear"));
    }
}
