package dev.rebind.sockets.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.proc.Namespace;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The predictor against a kernel made up here: ticks with a phase of their own, and releases by the wheel's rule. */
class ReleasePredictorTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    @TempDir
    private Path settings;

    private Namespace namespace = new Namespace();

    @BeforeEach
    void sixty_seconds() throws IOException {
        finTimeout(60);
    }

    private void finTimeout(int seconds) throws IOException {
        Files.writeString(settings.resolve("tcp_fin_timeout"), seconds + "\n");
        namespace = new Namespace(settings);
    }

    /** A kernel whose tick number 0 was at {@code zero}. */
    private record Kernel(long tick, long zero) {
        static Kernel of(int hz) {
            return new Kernel((SECOND + hz / 2) / hz, 123_456_789);
        }

        long ticksAt(long nanos) {
            return Math.floorDiv(nanos - zero, tick);
        }

        /** A socket seen {@code seen} after its timer was set at {@code armed}, and its release. */
        Case leave(
                TcpState state, SocketTimer.Kind kind, long armed, long setNanos, long seen, long half, String source) {
            long set = (setNanos + tick - 1) / tick;
            long expires = ticksAt(armed) + set;
            long left = Math.max(0, expires - ticksAt(armed + seen));
            long millis = left * tick / MILLI;
            boolean proc = source.startsWith("/");
            var timer = new SocketTimer(kind, Duration.ofMillis(proc ? millis / 10 * 10 : millis), 0);
            long fires = zero + TimerWheel.fires(expires, TimerWheel.level(set)) * tick;
            return new Case(
                    socket(state, timer, 0), new Snapshot(Instant.EPOCH, armed + seen, source, List.of(), half), fires);
        }
    }

    private record Case(TcpSocket socket, Snapshot seen, long fires) {}

    private static TcpSocket socket(TcpState state, SocketTimer timer, long inode) {
        InetAddress address = InetAddress.getLoopbackAddress();
        return TcpSocket.of(state, new Endpoint(address, 1), new Endpoint(address, 2))
                .withTimer(timer)
                .withInode(inode);
    }

    private ReleasePredictor predictor(Kernel kernel) {
        return new ReleasePredictor(OptionalLong.of(kernel.tick()), settings.resolve("timer_list"), namespace);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 250, 300, 1000})
    @DisplayName(
            "When nothing is known of the grid, then the window holds every release; once one was seen, points are right")
    void learns(int hz) {
        Kernel kernel = Kernel.of(hz);
        for (String source : List.of("inet_diag", "/proc/net/tcp")) {
            ReleasePredictor learning = predictor(kernel);
            var random = new Random(hz);
            int points = 0;
            for (int i = 0; i < 2_000; i++) {
                long armed = random.nextLong(3_600 * SECOND);
                Case one = kernel.leave(
                        TcpState.TIME_WAIT,
                        SocketTimer.Kind.TIME_WAIT,
                        armed,
                        60 * SECOND,
                        random.nextLong(60 * SECOND),
                        random.nextLong(3 * MILLI),
                        source);
                var window = assertInstanceOf(Release.Window.class, learning.of(one.socket(), one.seen()));
                assertThat(one.fires()).isBetween(window.earliestNanos(), window.latestNanos());
                if (window.predictedNanos().isPresent()) {
                    points++;
                    assertThat(window.predictedNanos().getAsLong() - one.fires())
                            .isBetween(-15 * MILLI, 15 * MILLI);
                }
                learning.calibrate(one.socket(), one.seen(), one.fires() + random.nextLong(15 * MILLI), 2 * MILLI);
            }
            assertThat(points).as("all but those beside a point of the grid").isGreaterThan(1_900);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 250, 300, 1000})
    @DisplayName(
            "When a release is seen by tries that are far apart, then it lies between the last that failed and the first that passed, and that meets the window, wherever tick, grid and look begin")
    void seenByTries(int hz) {
        long tick = (SECOND + hz / 2) / hz;
        var random = new Random(hz);
        int late = 0;
        for (int i = 0; i < 20_000; i++) {
            var kernel = new Kernel(tick, random.nextLong(10 * SECOND));
            long armed = random.nextLong(20 * SECOND, 3_600 * SECOND);
            long seen = random.nextLong(59 * SECOND);
            String source = random.nextBoolean() ? "inet_diag" : "/proc/net/tcp";
            Case one = kernel.leave(
                    TcpState.TIME_WAIT,
                    SocketTimer.Kind.TIME_WAIT,
                    armed,
                    60 * SECOND,
                    seen,
                    random.nextLong(MILLI),
                    source);
            var window =
                    assertInstanceOf(Release.Window.class, predictor(kernel).of(one.socket(), one.seen()));
            long released = one.fires() + random.nextLong(20 * MILLI);
            long interval = random.nextLong(MILLI, 2 * SECOND);
            long tries = armed + seen;
            while (tries + interval < released) {
                tries += interval;
            }
            long lastFailed = tries;
            long passed = tries + interval;
            assertThat(passed).isGreaterThanOrEqualTo(window.earliestNanos());
            assertThat(lastFailed).isLessThanOrEqualTo(window.latestNanos());
            late += passed > window.latestNanos() ? 1 : 0;
        }
        assertThat(late)
                .as("seen after the window, as the record of 59.99 s was")
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 30, 60, 90, 120, 300})
    @DisplayName(
            "When tcp_fin_timeout is other than 60 s, then FIN_WAIT_2 has the window of that time, twice over above 60 s, and of TCP_LINGER2")
    void fin_wait_2(int timeout) throws IOException {
        finTimeout(timeout);
        Kernel kernel = Kernel.of(250);
        ReleasePredictor predictor = predictor(kernel);
        var random = new Random(timeout);
        long set = (timeout > 60 ? timeout - 60 : timeout) * SECOND;
        for (int i = 0; i < 500; i++) {
            long armed = random.nextLong(3_600 * SECOND);
            long seen = random.nextLong(set);
            Case small =
                    kernel.leave(TcpState.FIN_WAIT_2, SocketTimer.Kind.TIME_WAIT, armed, set, seen, 0, "inet_diag");
            var window = assertInstanceOf(Release.Window.class, predictor.of(small.socket(), small.seen()));
            assertThat(small.fires()).isBetween(window.earliestNanos(), window.latestNanos());
            assertThat(window.caveat()).isNotEmpty();

            Case full = kernel.leave(TcpState.FIN_WAIT_2, SocketTimer.Kind.KEEPALIVE, armed, set, seen, 0, "inet_diag");
            window = assertInstanceOf(Release.Window.class, predictor.of(full.socket(), full.seen()));
            for (long then : timeout > 60 ? List.of(set) : List.of(0L, 60 * SECOND)) {
                long end = then == 0
                        ? full.fires()
                        : kernel.leave(
                                        TcpState.FIN_WAIT_2,
                                        SocketTimer.Kind.TIME_WAIT,
                                        full.fires(),
                                        then,
                                        0,
                                        0,
                                        "inet_diag")
                                .fires();
                assertThat(end).isBetween(window.earliestNanos(), window.latestNanos());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 10, 600})
    @DisplayName("When a vendor's kernel has tcp_tw_timeout, then TIME_WAIT has the window of that time")
    void time_wait_of_a_vendor(int timeout) throws IOException {
        Files.writeString(settings.resolve("tcp_tw_timeout"), timeout + "\n");
        Kernel kernel = Kernel.of(250);
        ReleasePredictor predictor = predictor(kernel);
        var random = new Random(timeout);
        long set = timeout * SECOND;
        long step = TimerWheel.granularity(TimerWheel.level(set / kernel.tick())) * kernel.tick();
        for (int i = 0; i < 500; i++) {
            Case one = kernel.leave(
                    TcpState.TIME_WAIT,
                    SocketTimer.Kind.TIME_WAIT,
                    random.nextLong(3_600 * SECOND),
                    set,
                    random.nextLong(set),
                    0,
                    "inet_diag");
            var window = assertInstanceOf(Release.Window.class, predictor.of(one.socket(), one.seen()));
            assertThat(one.fires()).isBetween(window.earliestNanos(), window.latestNanos());
            assertThat(window.latestNanos() - window.earliestNanos()).isLessThan(step + 40 * MILLI);
        }
    }

    @Test
    @DisplayName("When a vendor's kernel has tcp_tw_timeout, then that is the TIME_WAIT which may follow a FIN_WAIT_2")
    void time_wait_after_fin_wait_2() throws IOException {
        Files.writeString(settings.resolve("tcp_tw_timeout"), "10\n");
        var timer = new SocketTimer(SocketTimer.Kind.TIME_WAIT, Duration.ofSeconds(30), 0);
        var seen = new Snapshot(Instant.EPOCH, 0, "inet_diag", List.of());
        var window = assertInstanceOf(
                Release.Window.class, predictor(Kernel.of(250)).of(socket(TcpState.FIN_WAIT_2, timer, 0), seen));
        assertThat(window.caveat()).endsWith("TIME_WAIT follows for 10 s from then");
    }

    @Test
    @DisplayName("When a process still holds a half-closed socket, then its release is that process's to give")
    void held() {
        ReleasePredictor predictor = predictor(Kernel.of(250));
        var seen = new Snapshot(Instant.EPOCH, 0, "inet_diag", List.of());
        assertThat(predictor.of(socket(TcpState.FIN_WAIT_2, SocketTimer.NONE, 7), seen))
                .isInstanceOf(Release.Held.class);
        for (TcpState state : List.of(TcpState.LISTEN, TcpState.ESTABLISHED, TcpState.CLOSE_WAIT, TcpState.CLOSED)) {
            assertThat(predictor.of(socket(state, SocketTimer.NONE, 0), seen)).isInstanceOf(Release.Held.class);
        }
        for (TcpState state : List.of(TcpState.FIN_WAIT_1, TcpState.LAST_ACK, TcpState.CLOSING)) {
            assertThat(predictor.of(socket(state, SocketTimer.NONE, 0), seen)).isInstanceOf(Release.Unbounded.class);
        }
    }

    @Test
    @DisplayName("When tcp_fin_timeout cannot be read, then there is a window and never a point")
    void unknown_timeout() throws IOException {
        Files.delete(settings.resolve("tcp_fin_timeout"));
        Kernel kernel = Kernel.of(250);
        ReleasePredictor predictor = predictor(kernel);
        Case time =
                kernel.leave(TcpState.TIME_WAIT, SocketTimer.Kind.TIME_WAIT, 0, 60 * SECOND, SECOND, 0, "inet_diag");
        predictor.calibrate(time.socket(), time.seen(), time.fires(), MILLI);
        assertThat(predictor.calibrated()).isTrue();
        Case half =
                kernel.leave(TcpState.FIN_WAIT_2, SocketTimer.Kind.TIME_WAIT, 0, 60 * SECOND, SECOND, 0, "inet_diag");
        var window = assertInstanceOf(Release.Window.class, predictor.of(half.socket(), half.seen()));
        assertThat(window.predictedNanos()).isEmpty();
        assertThat(half.fires()).isBetween(window.earliestNanos(), window.latestNanos());
    }

    @Test
    @DisplayName(
            "When one release contradicts the grid, then it is doubted; when a second says the same, then it is believed")
    void contradiction() {
        Kernel kernel = Kernel.of(250);
        ReleasePredictor predictor = predictor(kernel);
        Case one = kernel.leave(TcpState.TIME_WAIT, SocketTimer.Kind.TIME_WAIT, 0, 60 * SECOND, SECOND, 0, "inet_diag");
        var before = assertInstanceOf(Release.Window.class, predictor.of(one.socket(), one.seen()));
        predictor.calibrate(one.socket(), one.seen(), before.latestNanos() + SECOND, MILLI);
        assertThat(predictor.calibrated()).as("a release outside its window").isFalse();
        predictor.calibrate(one.socket(), one.seen(), one.fires(), 100 * MILLI);
        assertThat(predictor.calibrated())
                .as("a release that is known to a tenth of a second only")
                .isFalse();

        long wrong = one.fires() > before.earliestNanos() + SECOND ? one.fires() - SECOND : one.fires() + SECOND;
        predictor.calibrate(one.socket(), one.seen(), wrong, MILLI);
        predictor.calibrate(one.socket(), one.seen(), one.fires(), MILLI);
        assertThat(point(predictor, one)).isBetween(wrong - MILLI, wrong);
        predictor.calibrate(one.socket(), one.seen(), one.fires(), MILLI);
        assertThat(point(predictor, one)).isBetween(one.fires() - MILLI, one.fires());
    }

    @Test
    @DisplayName(
            "When the count of ticks can be read, then every level has points at once, and a late look changes nothing")
    void reads() throws IOException {
        long tick = 4 * MILLI;
        long now = System.nanoTime();
        // As the kernel prints it: jiffies began at INITIAL_JIFFIES, five minutes before 2^32.
        long jiffies = 4_294_892_296L + 1_000_000;
        Files.writeString(
                settings.resolve("timer_list"),
                "Timer List Version: v0.10\nnow at " + now + " nsecs\n\ncpu: 0\njiffies: " + jiffies + "\n");
        var predictor = new ReleasePredictor(OptionalLong.of(tick), settings.resolve("timer_list"), namespace);
        assertThat(predictor.calibrated()).isTrue();
        var kernel = new Kernel(tick, now - jiffies * tick - 1);
        Case one =
                kernel.leave(TcpState.TIME_WAIT, SocketTimer.Kind.TIME_WAIT, now, 60 * SECOND, SECOND, 0, "inet_diag");
        var window = assertInstanceOf(Release.Window.class, predictor.of(one.socket(), one.seen()));
        assertThat(one.fires()).isBetween(window.earliestNanos() - 2 * tick, window.latestNanos() + 2 * tick);
        predictor.calibrate(one.socket(), one.seen(), one.fires() + 300 * MILLI, MILLI);
        predictor.calibrate(one.socket(), one.seen(), one.fires() + 300 * MILLI, MILLI);
        assertThat(predictor.of(one.socket(), one.seen())).isEqualTo(window);
    }

    @Test
    @DisplayName("When thousands of timers run, then the count of ticks is found behind those of the first processor")
    void readsAmongMany() throws IOException {
        for (int timers : new int[] {2_000, 2_001, 2_002, 2_003}) {
            String many = " #1: <0000000000000000>, hrtimer_wakeup, S:01\n".repeat(timers);
            long now = System.nanoTime();
            Files.writeString(
                    settings.resolve("timer_list"),
                    "Timer List Version: v0.10\nnow at " + now + " nsecs\n\ncpu: 0\n" + many
                            + "jiffies: 1000000\ncpu: 1\n" + many + "jiffies: 7\n");
            var origin = KernelTick.origin(settings.resolve("timer_list"), 4 * MILLI);
            assertThat(origin.map(Grid.Origin::fromNanos)).hasValue(now - 1_000_001 * 4 * MILLI);
        }
    }

    @Test
    @DisplayName("When several sockets stand in the way, then the port is released with the last of them")
    void last() {
        var early = new Release.Window(10, 20, OptionalLong.of(15), "");
        var vague = new Release.Window(5, 30, OptionalLong.empty(), "a caveat");
        var late = new Release.Window(40, 50, OptionalLong.of(45), "");
        assertThat(ReleasePredictor.last(List.of())).isEqualTo(new Release.Free());
        assertThat(ReleasePredictor.last(List.of(early, vague)))
                .isEqualTo(new Release.Window(10, 30, OptionalLong.empty(), "a caveat"));
        assertThat(ReleasePredictor.last(List.of(vague, late, early)))
                .isEqualTo(new Release.Window(40, 50, OptionalLong.of(45), "a caveat"));
        var held = new Release.Held("why");
        assertThat(ReleasePredictor.last(List.of(new Release.Unbounded(""), held, late)))
                .isEqualTo(held);
        assertThat(ReleasePredictor.last(List.of(late, new Release.Unbounded(""))))
                .isInstanceOf(Release.Unbounded.class);
    }

    private static long point(ReleasePredictor predictor, Case one) {
        return assertInstanceOf(Release.Window.class, predictor.of(one.socket(), one.seen()))
                .predictedNanos()
                .orElseThrow();
    }
}
