package dev.rebind.operator.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortForecast.Releases;
import dev.rebind.agent.PortView;
import dev.rebind.live.ApiJson;
import dev.rebind.live.Experiments.Look;
import dev.rebind.operator.run.FakeTarget;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PodSocketsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Reading UNREADABLE = new Reading.Unreadable("the agent's look at the port", "it is gone");

    private static TcpSocket socket(TcpState state, SocketTimer timer, long inode) {
        return TcpSocket.of(
                        state,
                        new Endpoint(InetAddress.ofLiteral("10.1.0.7"), 8080),
                        new Endpoint(InetAddress.ofLiteral("10.1.0.8"), 40_000))
                .withTimer(timer)
                .withInode(inode);
    }

    private static final TcpSocket LEFT =
            socket(TcpState.TIME_WAIT, new SocketTimer(SocketTimer.Kind.TIME_WAIT, Duration.ofSeconds(50), 0), 0);
    private static final TcpSocket LISTENER = socket(TcpState.LISTEN, SocketTimer.NONE, 7);

    private static Reading at(long nanos, TcpSocket... sockets) {
        return new Snapshot(Instant.EPOCH.plusNanos(nanos), nanos, "made up", List.of(sockets));
    }

    private static FakeTarget pod(String name, Reading local, Release... releases) {
        return new FakeTarget(name)
                .forecasting(new PortForecast(
                        new PortView(local, at(0), at(0), Map.of()), new Releases(List.of(releases), List.of())));
    }

    private static Release.Window point(long nanos) {
        return new Release.Window(nanos - 1_000_000, nanos + 1_000_000, OptionalLong.of(nanos), "");
    }

    private static ApiJson.Sockets seen(FakeTarget... pods) {
        return assertThat(PodSockets.of(List.of(pods)))
                .isInstanceOf(Look.Seen.class)
                .extracting(look -> ((Look.Seen) look).sockets())
                .actual();
    }

    @Test
    @DisplayName("When the pod's agent predicts a release, then the page shows that release and no other")
    void agentPredicts() {
        ApiJson.Sockets sockets = seen(pod("web-1", at(SECOND, LEFT), point(52 * SECOND)));
        assertThat(sockets.leftoversGone())
                .isEqualTo(new ApiJson.SocketRelease("window", 50_999.0, 51_001.0, 51_000.0, null));
        assertThat(sockets.sockets()).singleElement().satisfies(socket -> {
            assertThat(socket.pod()).isEqualTo("web-1");
            assertThat(socket.release()).isEqualTo(sockets.leftoversGone());
        });
    }

    @Test
    @DisplayName("When there are several pods, then the sockets of each are shown under its name, by one clock")
    void several() {
        ApiJson.Sockets sockets = seen(
                pod("web-1", at(2 * SECOND, LISTENER), new Release.Held("it listens")),
                pod("web-2", at(SECOND, LEFT), point(52 * SECOND)),
                pod("web-3", at(3 * SECOND, LEFT), point(60 * SECOND)));
        assertThat(sockets.takenAt()).isEqualTo(Instant.ofEpochSecond(1));
        assertThat(sockets.sockets())
                .extracting(socket -> socket.pod() + " " + socket.state())
                .containsExactly("web-1 LISTEN", "web-2 TIME_WAIT", "web-3 TIME_WAIT");
        // Two seconds after the first look, with 50 s left.
        assertThat(sockets.sockets().getLast().timer()).isEqualTo(new ApiJson.Timer("TIME_WAIT", 52_000.0, 0));
        assertThat(sockets.leftoversGone())
                .isEqualTo(new ApiJson.SocketRelease("window", 58_999.0, 59_001.0, 59_000.0, null));
        assertThat(sockets.pods())
                .containsExactly(
                        new ApiJson.PodPort("web-1", null, null),
                        new ApiJson.PodPort(
                                "web-2", null, new ApiJson.SocketRelease("window", 50_999.0, 51_001.0, 51_000.0, null)),
                        new ApiJson.PodPort("web-3", null, sockets.leftoversGone()));
    }

    @Test
    @DisplayName("When the port of one pod cannot be read, then that is said of this pod, and the others are shown")
    void oneUnreadable() {
        ApiJson.Sockets sockets =
                seen(pod("web-1", UNREADABLE), pod("web-2", at(SECOND, LISTENER), new Release.Held("it listens")));
        assertThat(sockets.pods())
                .extracting(ApiJson.PodPort::unreadable)
                .containsExactly("the sockets could not be read: the agent's look at the port, it is gone", null);
        assertThat(sockets.sockets()).extracting(ApiJson.Socket::pod).containsExactly("web-2");
    }

    @Test
    @DisplayName("When no port can be read, then there are no sockets to show, and each pod's reason is told")
    void noneReadable() {
        assertThat(PodSockets.of(List.of(pod("web-1", UNREADABLE), pod("web-2", UNREADABLE))))
                .isInstanceOfSatisfying(
                        Look.Unreadable.class,
                        look -> assertThat(look.why())
                                .isEqualTo(
                                        "pod web-1: the sockets could not be read: the agent's look at the port, it is"
                                                + " gone; pod web-2: the sockets could not be read: the agent's look at the port,"
                                                + " it is gone"));
    }
}
