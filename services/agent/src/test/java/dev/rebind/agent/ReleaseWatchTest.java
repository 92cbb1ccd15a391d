package dev.rebind.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation.Blocker;
import dev.rebind.agent.Explanation.Told;
import dev.rebind.diagnosis.Cause;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.diag.SocketWatch;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.release.Release;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On real sockets, which are ended in the way that takes no minute: a reset. */
@SuppressWarnings("try") // sockets are closed in the middle of what they are for
class ReleaseWatchTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Release HELD = new Release.Held("open");

    private final ReleaseWatch watch = new ReleaseWatch();
    private final List<PosixSocket> opened = new ArrayList<>();
    private final Place place = new Place("127.0.0.1", FreePorts.next());

    @AfterEach
    void end() {
        watch.close();
        opened.forEach(PosixSocket::close);
    }

    private PosixSocket kept(PosixSocket socket) {
        opened.add(socket);
        return socket;
    }

    /** So many connections of a listener that is gone; the accepted ends. */
    private List<PosixSocket> connections(int count) throws PosixException {
        var accepted = new ArrayList<PosixSocket>();
        try (var listener = PosixSocket.open(Family.IPV4)
                .reuseAddress(true)
                .bind(new Endpoint(LOOPBACK, place.port()))
                .listen(count)) {
            for (int i = 0; i < count; i++) {
                kept(PosixSocket.open(Family.IPV4).connect(new Endpoint(LOOPBACK, place.port())));
                accepted.add(kept(listener.accept()));
            }
        }
        return accepted;
    }

    private Snapshot sockets() {
        return (Snapshot) new InetDiagReader().read(SocketQuery.onPort(place.port()));
    }

    private void begin() {
        Snapshot seen = sockets();
        var explanation = new Explanation(
                Cause.established,
                seen.sockets().stream()
                        .map(socket -> new Blocker(socket, Cause.established, List.of(), null, HELD))
                        .toList(),
                HELD,
                true,
                List.of(),
                null,
                Told.NOTHING);
        Reading none = Made.UNREADABLE;
        watch.begin(new ExplainedFailure(failedNow(), explanation, new PortView(seen, none, none, java.util.Map.of())));
    }

    private Start.Failed failedNow() {
        return new Start.Failed(
                2,
                new GenerationSettings(
                        2, place, GenerationSettings.Mode.process, false, false, "echo", "nio", true, false, null),
                "EADDRINUSE",
                98,
                "bind",
                "no",
                Instant.now(),
                System.nanoTime());
    }

    private Start.Bound boundNow() {
        return new Start.Bound(2, place, List.of(1L), Instant.now(), System.nanoTime());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, SocketWatch.ONE_BY_ONE + 1})
    @DisplayName(
            "When the last socket goes, then a later bind is told when, between its last sight and its first absence")
    void last(int count) throws Exception {
        List<PosixSocket> accepted = connections(count);
        begin();
        for (PosixSocket socket : accepted.subList(1, count)) {
            socket.resetOnClose().close();
        }
        assertThat(watch.seesFree(place)).isFalse();
        long before = System.nanoTime();
        accepted.getFirst().resetOnClose().close();
        long after = System.nanoTime();
        await().until(() -> watch.seesFree(place));

        Start.Bound bound = boundNow();
        assertThat(watch.came(place, bound, bound.atNanos())).isInstanceOfSatisfying(Start.Bound.class, told -> {
            long held = Objects.requireNonNull(told.heldNanos());
            assertThat(held).isLessThan(after);
            assertThat(told.freeNanos()).isGreaterThan(before).isLessThan(bound.atNanos());
            // A bind that failed before the last sight says less than it.
            assertThat(told.heldUntil(held - 1)).isEqualTo(held);
            assertThat(told.heldUntil(held + 1)).isEqualTo(held + 1);
            assertThat(told.heldUntil(told.freeNanos() + 1)).isEqualTo(held);
        });
        assertThat(watch.came(place, bound, bound.atNanos())).isEqualTo(bound);
    }

    @Test
    @DisplayName("When a server is bound beside what stands there, then nothing is said of a release")
    void still() throws Exception {
        connections(1);
        begin();
        Start.Bound bound = boundNow();
        assertThat(watch.came(place, bound, bound.atNanos())).isEqualTo(bound);
        assertThat(bound.heldUntil(5)).isEqualTo(5);
    }

    @Test
    @DisplayName(
            "When a bind that began after they had gone fails, then they were not what counts; one that began before"
                    + " changes nothing")
    void another() throws Exception {
        long before = System.nanoTime();
        List<PosixSocket> accepted = connections(1);
        begin();
        accepted.getFirst().resetOnClose().close();
        await().until(() -> watch.seesFree(place));
        watch.came(place, failedNow(), before);
        assertThat(watch.seesFree(place)).isTrue();
        watch.came(place, failedNow(), System.nanoTime());
        assertThat(watch.seesFree(place)).isFalse();
        Start.Bound bound = boundNow();
        assertThat(watch.came(place, bound, bound.atNanos())).isEqualTo(bound);
    }

    @Test
    @DisplayName(
            "Looks are a millisecond apart around a predicted release or in its window, and take a small share of the"
                    + " time elsewhere")
    void pauses() {
        long second = 1_000_000_000L;
        var point = new Release.Window(60 * second, 62 * second, OptionalLong.of(61 * second), "");
        var window = new Release.Window(60 * second, 62 * second, OptionalLong.empty(), "");
        Duration coarse = Duration.ofMillis(10);
        Duration fine = Duration.ofMillis(1);

        assertThat(ReleaseWatch.pause(HELD, 0, 0)).isEqualTo(coarse);
        assertThat(ReleaseWatch.pause(HELD, 0, 19_000_000)).isEqualTo(Duration.ofMillis(380));
        assertThat(ReleaseWatch.pause(point, 59 * second, 0)).isEqualTo(Duration.ofMillis(50));
        assertThat(ReleaseWatch.pause(point, 60 * second, 0)).isEqualTo(coarse);
        assertThat(ReleaseWatch.pause(point, 61 * second, 0)).isEqualTo(fine);
        assertThat(ReleaseWatch.pause(point, 61 * second, 19_000_000)).isEqualTo(Duration.ofMillis(19));
        assertThat(ReleaseWatch.pause(point, 62 * second, 0)).isEqualTo(coarse);
        assertThat(ReleaseWatch.pause(window, 60 * second, 0)).isEqualTo(fine);
        // It does not sleep into the time in which it must look often.
        assertThat(ReleaseWatch.pause(point, 61 * second - 1_150_000_000, 60_000_000))
                .isEqualTo(Duration.ofMillis(1100));
        assertThat(ReleaseWatch.pause(point, 61 * second - 53_000_000, 0)).isEqualTo(Duration.ofMillis(3));
    }
}
