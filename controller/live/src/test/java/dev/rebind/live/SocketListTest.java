package dev.rebind.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.ending.Endings;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.seen.KernelSettings;
import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.live.Experiments.Look;
import dev.rebind.live.SocketList.End;
import dev.rebind.live.SocketList.PortLook;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpInfo;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When the page lists sockets")
class SocketListTest {
    private static final Endpoint LOCAL = new Endpoint(InetAddress.ofLiteral("10.1.0.7"), 8080);
    private static final Endpoint REMOTE = new Endpoint(InetAddress.ofLiteral("10.1.0.8"), 40_000);
    private static final long SECOND = 1_000_000_000L;

    private static TcpSocket socket(TcpState state, SocketTimer timer, long inode, TcpInfo info) {
        return TcpSocket.of(state, LOCAL, REMOTE)
                .withSendQ(1)
                .withTimer(timer)
                .withInode(inode)
                .withInfo(info);
    }

    /** What is not acknowledged was sent again this often. */
    private static SocketTimer resent(int times) {
        return new SocketTimer(SocketTimer.Kind.RETRANSMIT, Duration.ofSeconds(3), times);
    }

    private static final TcpInfo INFO = new TcpInfo(
            Duration.ofMillis(800),
            Duration.ofMillis(1),
            2,
            0,
            2,
            2,
            Duration.ofSeconds(1),
            Duration.ofSeconds(4),
            Duration.ofSeconds(4),
            null);

    private static Snapshot at(long nanos, TcpSocket... sockets) {
        return new Snapshot(Instant.EPOCH.plusNanos(nanos), nanos, "made up", List.of(sockets));
    }

    private static End end(Snapshot seen) {
        return new End(
                seen,
                new Endings(
                        seen,
                        Map.of(),
                        new SeenHolders.Unreadable("nobody looked"),
                        KernelSettings.USUAL,
                        new NamespaceAddresses(List.of(), true),
                        Map.of()));
    }

    private static ApiJson.Sockets list(Snapshot... seen) {
        List<PortLook> looks = List.of(seen).stream()
                .map(one -> new PortLook("web-" + one.takenNanos(), end(one), end(at(one.takenNanos())), Map.of()))
                .toList();
        return assertThat(SocketList.of(8080, List.of(), looks))
                .isInstanceOf(Look.Seen.class)
                .extracting(look -> ((Look.Seen) look).sockets())
                .actual();
    }

    @Test
    @DisplayName("an orphan that resends its FIN is given up at the time that the diagnosis says")
    void orphan() {
        TcpSocket orphan = socket(TcpState.LAST_ACK, resent(2), 0, INFO);
        Snapshot seen = at(SECOND, orphan);
        ApiJson.Sockets listed = list(seen);
        var ending = (Ending.GivesUp) end(seen).endings().of(orphan);
        assertThat(ending.sure()).isTrue();
        assertThat(listed.sockets().getFirst().release())
                .isEqualTo(new ApiJson.SocketRelease(
                        "givesUp",
                        null,
                        ending.latest().toNanos() / 1e6,
                        ending.about().toNanos() / 1e6,
                        "the kernel sends again what the other end does not acknowledge, and gives up unless the other end"
                                + " answers"));
        assertThat(listed.leftoversGone()).isEqualTo(listed.sockets().getFirst().release());
    }

    @Test
    @DisplayName("a connection is held whose client may still answer, and a socket without a timer is not told")
    void heldAndNotTold() {
        TcpSocket open = socket(TcpState.ESTABLISHED, SocketTimer.NONE, 7, INFO);
        TcpSocket orphan = socket(TcpState.LAST_ACK, SocketTimer.NONE, 0, INFO);
        assertThat(list(at(SECOND, open, orphan)).sockets())
                .extracting(socket -> socket.state() + " " + socket.release().kind())
                .containsExactlyInAnyOrder("ESTABLISHED held", "LAST_ACK unbounded");
    }

    @Test
    @DisplayName("the last to go of several pods is found by one clock")
    void lastOfPods() {
        TcpSocket orphan = socket(TcpState.LAST_ACK, resent(2), 0, INFO);
        ApiJson.Sockets listed = list(at(SECOND, orphan), at(4 * SECOND, orphan));
        assertThat(listed.leftoversGone()).isEqualTo(listed.sockets().getLast().release());
        assertThat(listed.leftoversGone())
                .isNotEqualTo(listed.sockets().getFirst().release());
    }
}
