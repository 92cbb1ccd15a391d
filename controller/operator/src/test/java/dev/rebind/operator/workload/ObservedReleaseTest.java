package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortView;
import dev.rebind.diagnosis.Cause;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ObservedReleaseTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Place PLACE = new Place("127.0.0.1", 8080);
    private static final Reading NONE = new Reading.Unreadable("the port", "not asked for");

    private final ObservedRelease release = new ObservedRelease();
    private final Start.Bound bound = new Start.Bound(2, PLACE, List.of(), Instant.EPOCH, 1_000);

    @BeforeEach
    void begin() {
        PortView at = view(100, 1, 2);
        Release held = new Release.Held("open");
        List<Explanation.Blocker> blocking = ((Reading.Snapshot) at.local())
                .sockets().stream()
                        .map(socket -> new Explanation.Blocker(socket, Cause.time_wait, List.of(), 1, held))
                        .toList();
        release.begin(new ExplainedFailure(
                failed(PLACE),
                new Explanation(Cause.time_wait, blocking, held, true, List.of(), null, Explanation.Told.NOTHING),
                at));
    }

    static Start.Failed failed(Place place) {
        var settings = new GenerationSettings(
                2, place, GenerationSettings.Mode.process, false, false, "echo", "nio", true, false, null);
        return new Start.Failed(2, settings, "EADDRINUSE", 98, "bind", "in use", Instant.EPOCH, 90);
    }

    /** A look that takes from 5 before {@code nanos} to 5 after, at connections from these ports. */
    private static PortView view(long nanos, int... ports) {
        List<TcpSocket> sockets =
                IntStream.of(ports).mapToObj(ObservedReleaseTest::socket).toList();
        return new PortView(
                new Reading.Snapshot(Instant.EPOCH, nanos, "/proc/net/tcp", sockets, 5), NONE, NONE, Map.of());
    }

    private static TcpSocket socket(int port) {
        return TcpSocket.of(TcpState.TIME_WAIT, new Endpoint(LOOPBACK, 8080), new Endpoint(LOOPBACK, port));
    }

    private void saw(PortView... views) {
        Arrays.stream(views).forEach(release::saw);
    }

    @Test
    @DisplayName(
            "When the last of them is missed, then the release lies between the looks before and after, whatever else"
                    + " is there")
    void between() {
        saw(view(200, 2), view(300, 1, 7), view(400, 7), view(500));
        assertThat(release.told(bound)).isEqualTo(bound.releasedBetween(295, 405));
        assertThat(release.told(bound)).isEqualTo(bound);
    }

    @Test
    @DisplayName("When looks come out of order, then the latest sight and the first absence after it count")
    void order() {
        saw(view(500), view(400), view(200, 1), view(300, 2));
        assertThat(release.told(bound)).isEqualTo(bound.releasedBetween(295, 405));
    }

    @Test
    @DisplayName("When they are still there, were never seen again, or are looked for elsewhere, then nothing is said")
    void nothing() {
        saw(view(200, 1));
        assertThat(release.told(bound)).isEqualTo(bound);
        begin();
        saw(new PortView(NONE, NONE, NONE, Map.of()));
        assertThat(release.told(bound)).isEqualTo(bound);
        begin();
        release.forget();
        saw(view(200));
        assertThat(release.told(bound)).isEqualTo(bound);
    }

    @Test
    @DisplayName("When the first look without them is later than the bind, then nothing is said")
    void late() {
        saw(view(2_000));
        assertThat(release.told(bound)).isEqualTo(bound);
    }
}
