package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.PortView;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.Reading.Unreadable;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WaitConditionsTest {
    private static final Unreadable BLIND = new Unreadable("inet_diag", "EPERM");

    @Test
    @DisplayName("A TIME_WAIT, of an earlier generation for one, is no connection that clients have still to close")
    void connectionsThatAreOver() {
        assertThat(WaitConditions.noConnections(view(sockets(socket(TcpState.TIME_WAIT, 0)))))
                .isTrue();
        assertThat(WaitConditions.noConnections(
                        view(sockets(socket(TcpState.TIME_WAIT, 0), socket(TcpState.CLOSE_WAIT, 0)))))
                .isFalse();
        assertThat(WaitConditions.noConnections(view(BLIND))).isFalse();
    }

    @Test
    @DisplayName("Only an established connection with unread bytes counts, and what cannot be read counts for none")
    void unread() {
        Reading two = sockets(
                socket(TcpState.ESTABLISHED, 7),
                socket(TcpState.ESTABLISHED, 1),
                socket(TcpState.ESTABLISHED, 0),
                socket(TcpState.CLOSE_WAIT, 7));

        assertThat(WaitConditions.unread(two, 2)).isTrue();
        assertThat(WaitConditions.unread(two, 3)).isFalse();
        assertThat(WaitConditions.unread(BLIND, 1)).isFalse();
    }

    private static PortView view(Reading local) {
        return new PortView(local, sockets(), sockets(), Map.of());
    }

    private static Reading sockets(TcpSocket... sockets) {
        return new Snapshot(Instant.EPOCH, 0, "made up", List.of(sockets));
    }

    private static TcpSocket socket(TcpState state, long unread) {
        var local = new Endpoint(InetAddress.ofLiteral("127.0.0.1"), 8_080);
        var remote = new Endpoint(InetAddress.ofLiteral("127.0.0.1"), 40_001);
        return TcpSocket.of(state, local, remote).withRecvQ(unread);
    }
}
