package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortView;
import dev.rebind.child.Moment;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.release.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BindRetryTest {
    private static final Snapshot NOTHING = new Snapshot(Instant.EPOCH, 0, "made up", List.of());
    private static final GenerationSettings SETTINGS = new GenerationSettings(
            2,
            new Place("127.0.0.1", 9),
            GenerationSettings.Mode.process,
            false,
            false,
            "echo",
            "nio",
            true,
            false,
            null);

    private final List<Integer> tried = new CopyOnWriteArrayList<>();

    private static Start.Failed inUse(GenerationSettings settings) {
        Moment now = Moment.now();
        return new Start.Failed(
                settings.generation(),
                settings,
                "EADDRINUSE",
                98,
                "bind",
                "Address already in use",
                now.at(),
                now.nanos());
    }

    private static Start.Bound bound(GenerationSettings settings) {
        Moment now = Moment.now();
        return new Start.Bound(settings.generation(), settings.place(), List.of(1L), now.at(), now.nanos());
    }

    private BindRetry.Result retry(
            Release release, Duration interval, Duration timeout, Function<GenerationSettings, Start> starts)
            throws InterruptedException {
        var agent = new FakeAgent(
                new PortView(NOTHING, NOTHING, NOTHING, Map.of()), starts, Explanation.unknown(release, "made up"));
        return BindRetry.until(agent, SETTINGS, release, interval, timeout, inUse(SETTINGS), tried::add);
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    @DisplayName("When the port was cleared, then the server is started at once, and not after the interval of a retry")
    void cleared() throws InterruptedException {
        BindRetry.Result result =
                retry(new Release.Free(), Duration.ofHours(1), Duration.ofHours(2), BindRetryTest::bound);
        assertThat(result.last()).isInstanceOf(Start.Bound.class);
        assertThat(result.failures()).isZero();
    }

    @Test
    @DisplayName("When something else takes a cleared port, then the server is started again until it is bound")
    void takenAllTheSame() throws InterruptedException {
        var starts = new AtomicInteger();
        BindRetry.Result result = retry(
                new Release.Free(),
                Duration.ofMillis(1),
                Duration.ofHours(1),
                settings -> starts.incrementAndGet() < 3 ? inUse(settings) : bound(settings));
        assertThat(result.last()).isInstanceOf(Start.Bound.class);
        assertThat(result.failures()).isEqualTo(2);
        assertThat(tried).as("which try comes next, the first bind being one").containsExactly(2, 3, 4);
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    @DisplayName("When the port stays taken, then the cycle waits for it until the retries' timeout, and no longer")
    void givesUp() throws InterruptedException {
        Duration timeout = Duration.ofMillis(300);
        long begun = System.nanoTime();
        BindRetry.Result result =
                retry(new Release.Held("made up"), Duration.ofMillis(10), timeout, BindRetryTest::inUse);
        assertThat(result.last()).isInstanceOf(Start.Failed.class);
        assertThat(result.failures()).isPositive();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(timeout);
    }
}
