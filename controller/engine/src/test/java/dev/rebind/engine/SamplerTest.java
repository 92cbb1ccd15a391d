package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.PortView;
import dev.rebind.child.Moment;
import dev.rebind.record.Sample;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final Place PLACE = new Place("127.0.0.1", 8080);
    private static final Snapshot NOTHING = new Snapshot(Instant.EPOCH, 0, "made up", List.of());

    @Test
    @DisplayName("When the port changes after many looks without a change, then each change is kept once, in its order")
    void changes() {
        var looks = new AtomicInteger();
        // By then the pause is the longest.
        try (var sampler = sampler(() -> {
            int look = looks.incrementAndGet();
            return look >= 12 && look < 15 ? view(TcpState.TIME_WAIT) : view();
        })) {
            await().until(() -> looks.get() >= 20);
            assertThat(sampler.samples(Moment.now()))
                    .filteredOn(sample -> sample.side().equals("server"))
                    .extracting(Sample::states)
                    .containsExactly(Map.of(), Map.of("TIME_WAIT", 1), Map.of());
        }
    }

    @Test
    @DisplayName("When another look shows a change, then it is kept as the sampler's own are, and both go on")
    void anothersLook() {
        var looks = new AtomicInteger();
        try (var sampler = sampler(() -> {
            looks.incrementAndGet();
            return view();
        })) {
            await().until(() -> looks.get() >= 10);
            sampler.add(view(TcpState.LISTEN));
            int seen = looks.get();
            await().until(() -> looks.get() > seen + 1);
            assertThat(sampler.samples(Moment.now()))
                    .filteredOn(sample -> sample.side().equals("server"))
                    .extracting(Sample::states)
                    .containsExactly(Map.of(), Map.of("LISTEN", 1), Map.of());
        }
    }

    private static Sampler sampler(Supplier<PortView> looks) {
        var agent = new FakeAgent(
                        view(),
                        settings -> new Start.Broken(settings.generation(), "made up"),
                        Explanation.unknown(new Release.Unbounded("not known"), "It may not bind."))
                .sampling(looks);
        return new Sampler(agent, PLACE, Duration.ofMillis(5));
    }

    private static PortView view(TcpState... states) {
        List<TcpSocket> sockets = List.of(states).stream()
                .map(state -> FakeAgent.socket(PLACE, state))
                .toList();
        return new PortView(
                new Snapshot(Instant.now(), System.nanoTime(), "made up", sockets), NOTHING, NOTHING, Map.of());
    }
}
