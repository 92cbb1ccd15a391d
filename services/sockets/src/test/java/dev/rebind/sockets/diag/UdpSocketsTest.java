package dev.rebind.sockets.diag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.UdpSocket;
import dev.rebind.sockets.posix.FreePorts;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UdpSocketsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    @TempDir
    Path fixture = Path.of("");

    @Test
    @DisplayName(
            "When processes are bound to a UDP port, then both sources show them, with the peer of a connected one")
    void sockets() throws Exception {
        int port = FreePorts.next();
        int peer = FreePorts.next();
        try (var child = PythonChild.with("""
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.bind(("127.0.0.1", PORT))
                c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                c.bind(("127.0.0.2", PORT))
                c.connect(("127.0.0.1", OTHER))
                x = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
                x.bind(("::1", PORT))
                t = socket.socket()
                t.bind(("127.0.0.1", PORT))
                t.listen(1)
                """, port, peer)) {
            List<UdpSocket> seen = bound(UdpSockets.on(port));
            assertThat(seen).hasSize(3);
            assertThat(seen)
                    .filteredOn(socket -> socket.inode() == child.inode())
                    .singleElement()
                    .satisfies(socket -> {
                        assertThat(socket.family()).isEqualTo(Family.IPV4);
                        assertThat(socket.local()).isEqualTo(new Endpoint(LOOPBACK, port));
                        assertThat(socket.peer()).isEmpty();
                    });
            assertThat(seen).extracting(UdpSocket::peer).contains(Optional.of(new Endpoint(LOOPBACK, peer)));
            assertThat(seen).extracting(UdpSocket::family).contains(Family.IPV6);
            assertThat(bound(UdpSockets.fromProc(Path.of("/proc/self/net"), port)))
                    .containsExactlyInAnyOrderElementsOf(seen);
            assertThat(bound(UdpSockets.all())).containsAll(seen);
        }
        assertThat(UdpSockets.on(port)).isEqualTo(new UdpSockets.Answer.Bound(List.of()));
    }

    @Test
    @DisplayName(
            "When there is no such file or it is not of the known form, then that is the answer and not an empty list")
    void unreadable() throws Exception {
        assertThat(UdpSockets.fromProc(fixture, 53)).isInstanceOf(UdpSockets.Answer.Unreadable.class);
        Files.writeString(fixture.resolve("udp"), "  sl  local_address\n garbled\n");
        assertThat(UdpSockets.fromProc(fixture, 53)).isInstanceOf(UdpSockets.Answer.Unreadable.class);
    }

    private static List<UdpSocket> bound(UdpSockets.Answer answer) {
        return assertInstanceOf(UdpSockets.Answer.Bound.class, answer).sockets();
    }
}
