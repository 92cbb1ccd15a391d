package dev.rebind.sockets.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.owners.Owners;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // sockets are closed in the middle of what they are for
class SpawnTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final long SELF = ProcessHandle.current().pid();

    @Test
    @DisplayName(
            "When a child is given a connection, then it serves it when everybody else has closed it, and holds nothing else")
    void serves() throws Exception {
        int port = FreePorts.next();
        try (var other = new ServerSocket(0, 1, LOOPBACK);
                var listener = PosixSocket.open(Family.IPV4)
                        .bind(new Endpoint(LOOPBACK, port))
                        .listen(4);
                var client = PosixSocket.open(Family.IPV4).connect(new Endpoint(LOOPBACK, port));
                var accepted = listener.accept()) {
            Spawn.Child child = Spawn.withSocket(accepted.fd(), List.of("/bin/cat"), Map.of());
            accepted.close();
            listener.close();
            client.send("hello".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.receive(100)).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
            assertThat(owners(port)).extracting(Owner::pid).containsExactlyInAnyOrder(child.pid(), SELF);
            assertThat(owners(other.getLocalPort())).extracting(Owner::pid).containsExactly(SELF);
            assertThat(sockets(port)).extracting(TcpSocket::state).doesNotContain(TcpState.LISTEN);

            client.shutdownOutput();
            assertThat(child.exit().get(60, TimeUnit.SECONDS)).isZero();
            assertThat(client.receive(1)).as("the end").isEmpty();
        }
    }

    @Test
    @DisplayName("When a child is killed, then its exit says by which signal, and its connection is closed")
    void killed() throws Exception {
        int port = FreePorts.next();
        try (var listener = PosixSocket.open(Family.IPV4)
                        .bind(new Endpoint(LOOPBACK, port))
                        .listen(4);
                var client = PosixSocket.open(Family.IPV4).connect(new Endpoint(LOOPBACK, port));
                var accepted = listener.accept()) {
            Spawn.Child child = Spawn.withSocket(accepted.fd(), List.of("/bin/cat"), Map.of());
            accepted.close();
            await().until(() ->
                    owners(port).stream().anyMatch(owner -> owner.name().equals("cat")));
            ProcessHandle.of(child.pid()).orElseThrow().destroyForcibly();
            assertThat(child.exit().get(60, TimeUnit.SECONDS)).isEqualTo(128 + 9);
            assertThat(client.receive(1)).isEmpty();
        }
    }

    @Test
    @DisplayName("When there is no such program, then the errno says so")
    void no_program() throws Exception {
        try (var socket = PosixSocket.open(Family.IPV4)) {
            var failed = catchThrowableOfType(
                    PosixException.class, () -> Spawn.withSocket(socket.fd(), List.of("/no/such/program"), Map.of()));
            assertThat(failed.errno()).isEqualTo("ENOENT");
        }
    }

    private static List<TcpSocket> sockets(int port) {
        return assertInstanceOf(Snapshot.class, SocketReaders.best().read(SocketQuery.around(port)))
                .sockets();
    }

    private static Collection<Owner> owners(int port) {
        return new Owners()
                .of(sockets(port).stream().map(TcpSocket::inode).collect(Collectors.toSet()))
                .values();
    }
}
