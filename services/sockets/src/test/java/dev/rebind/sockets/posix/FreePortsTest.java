package dev.rebind.sockets.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.sockets.Arrangement;
import dev.rebind.sockets.Arrangement.Residue;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.proc.Namespace;
import java.util.HashSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    @DisplayName("When anything stands on a port, on any address, in any family, with any option, then it is not free")
    void not_free() throws Exception {
        for (Residue residue : Residue.values()) {
            for (Family family : Family.values()) {
                String address = family == Family.IPV4 ? "127.0.0.9" : "::1";
                try (var arrangement = new Arrangement(
                        family,
                        address,
                        family,
                        address,
                        residue,
                        socket -> socket.reuseAddress(true).reusePort(true))) {
                    arrangement.settled(SocketReaders.best(), residue);
                    assertThat(FreePorts.free(arrangement.port)).isEqualTo(residue == Residue.none);
                }
            }
        }
    }

    @Test
    @DisplayName("When a client's leftover points at a port on which nothing stands, then it is not given out")
    void far_end() throws Exception {
        int port;
        // The client closes first and is in TIME_WAIT once the server's side has closed too.
        try (var arrangement =
                new Arrangement(Family.IPV4, "127.0.0.9", Family.IPV4, "127.0.0.9", Residue.CLOSE_WAIT, socket -> {})) {
            port = arrangement.port;
        }
        await().untilAsserted(() -> assertThat(FreePorts.free(port)).isTrue());
        assertThat(FreePorts.unseen(SocketReaders.best(), port)).isFalse();
        assertThat(FreePorts.unseen(SocketReaders.best(), FreePorts.next())).isTrue();
    }

    @Test
    @DisplayName("When ports are asked for, then each is another one, and none that an outgoing connection may get")
    void next() {
        var namespace = new Namespace();
        var given = new HashSet<Integer>();
        for (int i = 0; i < 100; i++) {
            int port = FreePorts.next();
            assertThat(given.add(port)).isTrue();
            assertThat(namespace.localPorts().orElseThrow().contains(port)).isFalse();
        }
    }
}
