package dev.rebind.agent.meters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.GenerationSettings.Mode;
import dev.rebind.agent.LocalAgent;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.release.ReleasePredictor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Real restarts on a real port. */
class AgentMetersTest {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AgentMeters meters = new AgentMeters(registry, SocketReaders.best(), new ReleasePredictor());
    private final Agent agent = meters.measured(new LocalAgent());
    private final Place place = new Place("127.0.0.1", FreePorts.next());

    @AfterEach
    void end() {
        agent.close();
    }

    private GenerationSettings settings(int generation, boolean reuse) {
        return new GenerationSettings(generation, place, Mode.listener, reuse, false, "echo", "nio", true, false, null);
    }

    /** Attempts that happened, without the port. */
    private List<String> attempts() {
        return registry.find("rebind.bind.attempts").counters().stream()
                .filter(counter -> counter.count() > 0)
                .map(AgentMetersTest::text)
                .sorted()
                .toList();
    }

    private static String text(Counter counter) {
        return counter.getId().getTags().stream()
                        .filter(tag -> !tag.getKey().equals("port"))
                        .map(Tag::getValue)
                        .collect(Collectors.joining(" "))
                + " " + (long) counter.count();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    @Test
    @DisplayName(
            "a restart into a TIME_WAIT is counted with the cause that was found, then with the old generation's flag")
    void restart() throws Exception {
        meters.supervises(place);
        assertThat(gauge("rebind.server.bound")).isZero();
        assertThat(agent.start(settings(1, false))).isInstanceOf(Start.Bound.class);
        assertThat(gauge("rebind.server.bound")).isEqualTo(1);
        try (var client = new Socket(InetAddress.getLoopbackAddress(), place.port())) {
            agent.stop(1, StopWay.close, GRACE);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(gauge("rebind.server.bound")).isZero();
        var failed = (Start.Failed) agent.start(settings(2, false));
        Explanation explanation = agent.explain(failed).explanation();
        assertThat(explanation.cause().name()).isEqualTo("time_wait");
        // Nobody has this one explained: it is the same generation's.
        assertThat(agent.start(settings(2, true))).isInstanceOf(Start.Failed.class);
        // Counted with the next thing that happens there.
        assertThat(agent.start(settings(2, true))).isInstanceOf(Start.Failed.class);
        assertThat(attempts())
                .containsExactly(
                        "none none bound off none 1",
                        "time_wait EADDRINUSE failed off off 1",
                        "time_wait EADDRINUSE failed on off 1");
        assertThat(registry.get("rebind.restarts")
                        .tag("mode", "listener")
                        .counter()
                        .count())
                .as("two tries of one restart")
                .isEqualTo(1);
        assertThat(registry.get("rebind.restart.to.bound")
                        .tag("mode", "listener")
                        .timer()
                        .count())
                .as("it was never bound again")
                .isZero();
    }

    @Test
    @DisplayName("a port that is bound again says how long it was not")
    void rebound() {
        assertThat(agent.start(settings(1, true))).isInstanceOf(Start.Bound.class);
        agent.stop(1, StopWay.close, GRACE);
        assertThat(agent.start(settings(2, true))).isInstanceOf(Start.Bound.class);
        assertThat(attempts()).containsExactly("none none bound on none 1", "none none bound on on 1");
        assertThat(registry.get("rebind.restart.to.bound")
                        .tag("mode", "listener")
                        .timer()
                        .count())
                .isEqualTo(1);
        meters.held(() -> true, () -> 3);
        assertThat(gauge("rebind.agent.held")).isEqualTo(1);
        assertThat(registry.get("rebind.agent.holds").functionCounter().count()).isEqualTo(3);
    }
}
