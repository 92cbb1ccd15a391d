package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.PodPorts.PodView;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.ReleasePredictor;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ListenerTrackerTest {
    private static final long OLD = 1;
    private static final long NEW = 2;
    private static final String SANDBOX = "a".repeat(64);
    private static final String CONTAINER = "b".repeat(64);
    private static final String ID = "containerd://" + CONTAINER;

    private final ListenerTracker newcomers = ListenerTracker.after(port(OLD));

    @Test
    @DisplayName(
            "When a container listens before the kubelet says that it runs, then the listener is its own all the same")
    void early() {
        newcomers.saw(pod(port(), Set.of(SANDBOX)));
        newcomers.saw(pod(port(NEW), Set.of(SANDBOX, CONTAINER)));
        assertThat(newcomers.isListening(port(NEW), ID)).isTrue();
    }

    @Test
    @DisplayName(
            "When another program listens before the container has a process, then that is not the container's listener")
    void another() {
        newcomers.saw(pod(port(NEW), Set.of(SANDBOX)));
        newcomers.saw(pod(port(NEW), Set.of(SANDBOX, CONTAINER)));
        assertThat(newcomers.isListening(port(NEW), ID)).isFalse();
        newcomers.saw(pod(port(NEW, 3), Set.of(SANDBOX, CONTAINER)));
        assertThat(newcomers.isListening(port(NEW, 3), ID)).isTrue();
    }

    @Test
    @DisplayName("When one listener was there before, then it is the old server's; of several nobody knows which")
    void whose() {
        assertThat(newcomers.old()).isEqualTo(OLD);
        assertThat(ListenerTracker.after(port(OLD, NEW)).old()).isNull();
        assertThat(ListenerTracker.none().old()).isNull();
    }

    @Test
    @DisplayName("When the old listener is still there, then it is not gone, and is not the new container's")
    void old() {
        newcomers.saw(pod(port(OLD), Set.of(SANDBOX, CONTAINER)));
        assertThat(newcomers.isListening(port(OLD), ID)).isFalse();
        assertThat(newcomers.isOldGone(port(OLD))).isFalse();
        assertThat(newcomers.isOldGone(port(NEW))).isTrue();
    }

    @Test
    @DisplayName("When another one listens already, then what is on the port is not what the old server has left")
    void between() {
        assertThat(ListenerTracker.isNobodyListening(port())).isTrue();
        assertThat(ListenerTracker.isNobodyListening(port(OLD))).isFalse();
        assertThat(ListenerTracker.isNobodyListening(port(NEW))).isFalse();
    }

    @Test
    @DisplayName(
            "When which containers run cannot be told, then a listener that was not there before is taken for the new one's")
    void untold() {
        newcomers.saw(pod(port(NEW), null));
        assertThat(newcomers.isListening(port(NEW), ID)).isTrue();
        newcomers.saw(pod(port(NEW), Set.of(SANDBOX)));
        assertThat(newcomers.isListening(port(NEW), ID)).isTrue();
    }

    @Test
    @DisplayName("When nothing was restarted yet, then whoever listens counts")
    void none() {
        ListenerTracker unordered = ListenerTracker.none();
        unordered.saw(pod(port(OLD), Set.of(SANDBOX, CONTAINER)));
        assertThat(unordered.isListening(port(OLD), ID)).isTrue();
    }

    private static PortView port(long... listeners) {
        Reading reading = new Reading.Snapshot(
                Instant.EPOCH,
                0,
                "made up",
                LongStream.of(listeners).mapToObj(ListenerTrackerTest::listener).toList());
        return new PortView(reading, reading, reading, Map.of());
    }

    private static PodView pod(PortView port, @Nullable Set<String> containers) {
        return new PodView(PortForecast.of(port, ReleasePredictor.elsewhere()), containers);
    }

    private static TcpSocket listener(long inode) {
        var at = new Endpoint(InetAddress.ofLiteral("0.0.0.0"), 8080);
        var nowhere = new Endpoint(InetAddress.ofLiteral("0.0.0.0"), 0);
        return TcpSocket.of(TcpState.LISTEN, at, nowhere).withInode(inode);
    }
}
