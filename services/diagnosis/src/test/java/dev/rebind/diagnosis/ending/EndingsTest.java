package dev.rebind.diagnosis.ending;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.seen.KernelSettings;
import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.diagnosis.seen.Opener;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.SocketTimer.Kind;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A connection that its two programs have open")
class EndingsTest {
    private static final Endpoint SERVER = new Endpoint(InetAddress.getLoopbackAddress(), 18_080);
    private static final Endpoint CLIENT = new Endpoint(InetAddress.getLoopbackAddress(), 40_001);

    private static TcpSocket established(Endpoint local, Endpoint remote, SocketTimer timer, long inode) {
        return TcpSocket.of(TcpState.ESTABLISHED, local, remote)
                .withSendQ(100)
                .withTimer(timer)
                .withInode(inode);
    }

    private static Ending.Reason why(Kind timer, boolean otherEndSeen) {
        return ((Ending.UntilClosed) ending(timer, /* retransmits= */ 0, otherEndSeen)).reason();
    }

    private static Ending ending(Kind timer, int retransmits, boolean otherEndSeen) {
        TcpSocket socket = established(SERVER, CLIENT, new SocketTimer(timer, Duration.ofMillis(200), retransmits), 1);
        TcpSocket other = established(CLIENT, SERVER, SocketTimer.NONE, 2);
        List<TcpSocket> all = otherEndSeen ? List.of(socket, other) : List.of(socket);
        var endings = new Endings(
                new Reading.Snapshot(Instant.EPOCH, 0, "test", all),
                Map.of(),
                new SeenHolders.Seen(Map.of(), 3, false),
                KernelSettings.USUAL,
                new NamespaceAddresses(List.of(), false),
                Map.of());
        return endings.of(socket);
    }

    private static Ending givenUp(Endpoint local, Opener opener, long inode) {
        return givenUp(local, opener, inode, KernelSettings.USUAL);
    }

    private static Ending givenUp(Endpoint local, Opener opener, long inode, KernelSettings settings) {
        TcpSocket socket = established(
                local,
                new Endpoint(local.address(), 9_000),
                new SocketTimer(Kind.KEEPALIVE, Duration.ofSeconds(5), 2),
                inode);
        return new Endings(
                        new Reading.Snapshot(Instant.EPOCH, 0, "test", List.of(socket)),
                        Map.of(),
                        new SeenHolders.Seen(Map.of(), 3, false),
                        settings,
                        new NamespaceAddresses(List.of(), false),
                        Map.of(socket, opener))
                .of(socket);
    }

    @Test
    @DisplayName("keeps the port that its program bound when the kernel gives it up, and not one that the kernel chose")
    void boundBeforeItConnected() {
        assertThat(givenUp(SERVER, Opener.SELF, 1))
                .isEqualTo(new Ending.UntilClosed(Ending.Reason.BOUND_BEFORE_IT_CONNECTED));
        assertThat(givenUp(CLIENT, Opener.SELF, 1)).isInstanceOf(Ending.GivesUp.class);
        assertThat(givenUp(CLIENT, Opener.SELF, 1, KernelSettings.USUAL.withReserved(true)))
                .as("reserved since then only, perhaps")
                .isInstanceOf(Ending.GivesUp.class);
        assertThat(givenUp(SERVER, Opener.PEER, 1)).isInstanceOf(Ending.GivesUp.class);
        assertThat(givenUp(SERVER, Opener.SELF, /* inode= */ 0)).isInstanceOf(Ending.GivesUp.class);
    }

    @Test
    @DisplayName("is open at both ends while they talk: data under way does not mean that one of them takes none")
    void talks() {
        assertThat(why(Kind.RETRANSMIT, true)).isEqualTo(Ending.Reason.OPEN_AT_BOTH_ENDS);
        assertThat(why(Kind.NONE, true)).isEqualTo(Ending.Reason.OPEN_AT_BOTH_ENDS);
    }

    @Test
    @DisplayName("has data that waits where the other end has closed its window")
    void closedWindow() {
        assertThat(why(Kind.ZERO_WINDOW_PROBE, true)).isEqualTo(Ending.Reason.DATA_WAITS);
    }

    @Test
    @DisplayName("is not said to have no timer where data is under way to an end that was not seen")
    void unseen() {
        assertThat(why(Kind.RETRANSMIT, false)).isEqualTo(Ending.Reason.DATA_WAITS);
        assertThat(why(Kind.NONE, false)).isEqualTo(Ending.Reason.OPEN);
    }

    @Test
    @DisplayName(
            "is not said to be silent while one probe of a closed window has no answer yet; two in a row are silence")
    void unansweredProbes() {
        assertThat(ending(Kind.ZERO_WINDOW_PROBE, 1, false))
                .isEqualTo(new Ending.UntilClosed(Ending.Reason.DATA_WAITS));
        assertThat(ending(Kind.ZERO_WINDOW_PROBE, 2, false)).isInstanceOf(Ending.NotTold.class);
    }
}
