package dev.rebind.client.meters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.metrics.PortMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClientMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ClientMeters meters = new ClientMeters(registry);

    private Counter answers(String port) {
        return registry.get("rebind.client.answers").tag("port", port).counter();
    }

    private double connections(String port) {
        return registry.get("rebind.client.connections")
                .tag("port", port)
                .gauge()
                .value();
    }

    @Test
    @DisplayName("clients of two ports are two sets of series, which begin at zero")
    void twoPorts() {
        var one = meters.observer(8080);
        var other = meters.observer(8081);
        assertThat(answers("8081").count()).isZero();
        one.answered(3);
        one.open(2);
        other.open(5);
        assertThat(answers("8080").count()).isEqualTo(3);
        assertThat(answers("8081").count()).isZero();
        assertThat(connections("8080")).isEqualTo(2);
        assertThat(connections("8081")).isEqualTo(5);
    }

    @Test
    @DisplayName("clients of one port add up, whichever process runs them, and a process that ends has no connections")
    void onePort() {
        meters.observer(8080).open(2);
        meters.observer(8080).open(1);
        try (var feed = meters.feed(8080)) {
            assertThat(feed).isNotNull();
            assertThat(connections("8080")).isEqualTo(3);
        }
        assertThat(connections("8080")).isEqualTo(3);
    }

    @Test
    @DisplayName("ports after the last that has series count together, as other")
    void bounded() {
        for (int port = 1; port <= PortMetrics.MOST_PORTS + 2; port++) {
            meters.observer(port).answered(1);
        }
        assertThat(answers("other").count()).isEqualTo(2);
        meters.observer(1).answered(1);
        assertThat(answers("1").count()).isEqualTo(2);
        assertThat(registry.get("rebind.client.answers").counters()).hasSize(PortMetrics.MOST_PORTS + 1);
    }

    @Test
    @DisplayName("an outage that a TIME_WAIT made is known to a second")
    void buckets() {
        meters.observer(8080).outage(Duration.ofMillis(61_600).toNanos());
        Timer downtime = registry.get("rebind.client.downtime").timer();
        assertThat(Arrays.stream(downtime.takeSnapshot().histogramCounts())
                        .filter(bucket -> bucket.count() == 0)
                        .mapToDouble(bucket -> bucket.bucket(TimeUnit.SECONDS))
                        .max())
                .hasValue(61);
        assertThat(Arrays.stream(downtime.takeSnapshot().histogramCounts())
                        .filter(bucket -> bucket.count() == 1)
                        .mapToDouble((CountAtBucket bucket) -> bucket.bucket(TimeUnit.SECONDS))
                        .min())
                .hasValue(62);
    }
}
