package dev.rebind.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.metrics.BindMetrics.Restart;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BindMetricsTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final BindMetrics binds = new BindMetrics(registry, Set.of("time_wait"));

    private Set<String> values(String label) {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(id -> id.getTag(label))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    @Test
    @DisplayName("an attempt is counted by what came of it")
    void attempts() {
        binds.bound(8080, null, true);
        binds.failed(8080, "time_wait", "EADDRINUSE", false, true);
        binds.failed(8080, "time_wait", "EADDRINUSE", false, true);
        Counter failed = registry.get("rebind.bind.attempts")
                .tags("outcome", "failed", "cause", "time_wait", "errno", "EADDRINUSE", "reuse.old", "off")
                .tags("reuse.new", "on", "port", "8080")
                .counter();
        assertThat(failed.count()).isEqualTo(2);
        assertThat(registry.get("rebind.bind.attempts")
                        .tags("outcome", "bound", "cause", "none", "errno", "none", "reuse.old", "none")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("whatever a caller says, labels keep to their sets")
    void closed() {
        binds.failed(8080, "because of 10.0.0.1", "ESOMETHING", true, true);
        binds.failed(8080, "time_wait", null, true, true);
        for (int port = 1; port <= 2 * PortMetrics.MOST_PORTS; port++) {
            binds.bound(port, true, false);
        }
        assertThat(values("cause")).containsExactlyInAnyOrder("none", "unknown", "time_wait");
        assertThat(values("errno")).containsExactlyInAnyOrder("none", "other");
        assertThat(values("port")).hasSize(PortMetrics.MOST_PORTS + 1).contains("other");
        assertThat(values("mode")).containsExactlyInAnyOrder("listener", "process");
        assertThat(values("reuse.old")).containsExactlyInAnyOrder("on");
        assertThat(values("reuse.new")).containsExactlyInAnyOrder("on", "off");
    }

    @Test
    @DisplayName("series that may come are there with zero, so that the first event is an increase")
    void expected() {
        assertThat(registry.get("rebind.restarts").counters()).hasSize(2).allMatch(counter -> counter.count() == 0);
        binds.expect(8080);
        assertThat(registry.get("rebind.bind.attempts").counters())
                .hasSize(3 * 2 * (1 + 2))
                .allMatch(counter -> counter.count() == 0);
        binds.failed(8080, "time_wait", "EADDRINUSE", null, false);
        assertThat(registry.get("rebind.bind.attempts").counters()).hasSize(3 * 2 * (1 + 2));
    }

    @Test
    @DisplayName("a restart is counted by its mode, with how long the port was without a server")
    void restarts() {
        binds.restarted(Restart.process);
        binds.rebound(Restart.process, Duration.ofMillis(1500));
        binds.released(8080, Duration.ofMillis(-3));
        assertThat(registry.get("rebind.restarts")
                        .tag("mode", "process")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("rebind.restart.to.bound")
                        .tag("mode", "process")
                        .timer()
                        .totalTime(java.util.concurrent.TimeUnit.MILLISECONDS))
                .isEqualTo(1500);
        assertThat(registry.get("rebind.port.release.error").timer().max(java.util.concurrent.TimeUnit.MILLISECONDS))
                .isEqualTo(3);
    }
}
