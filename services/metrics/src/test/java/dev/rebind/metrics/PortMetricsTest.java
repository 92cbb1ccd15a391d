package dev.rebind.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.proc.Sockstat;
import dev.rebind.sockets.release.ReleasePredictor;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PortMetricsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final MeterRegistry registry = new SimpleMeterRegistry();

    private static PortMetrics.Source source(SocketReader reader) {
        return new PortMetrics.Source(reader, new ReleasePredictor(), new Namespace(), new Sockstat());
    }

    private double sockets(int port, TcpState state, String side) {
        return registry.get("rebind.tcp.sockets")
                .tags("port", Integer.toString(port), "state", state.name(), "side", side)
                .gauge()
                .value();
    }

    private double value(String name) {
        return registry.get(name).gauge().value();
    }

    @Test
    @DisplayName("each side of a real connection is counted, and every other state is there with zero")
    void counts() throws Exception {
        try (var server = new ServerSocket()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = server.getLocalPort();
            try (var client = new Socket(server.getInetAddress(), port);
                    var accepted = server.accept()) {
                client.getOutputStream().write(new byte[100]);
                client.getOutputStream().flush();
                assertThat(accepted.getInputStream().read()).isZero();
                var ports = new PortMetrics(source(SocketReaders.best()), Duration.ZERO);
                ports.watch(port);
                ports.bindTo(registry);
                assertThat(sockets(port, TcpState.LISTEN, "server")).isEqualTo(1);
                assertThat(sockets(port, TcpState.ESTABLISHED, "server")).isEqualTo(1);
                assertThat(sockets(port, TcpState.ESTABLISHED, "client")).isEqualTo(1);
                assertThat(sockets(port, TcpState.TIME_WAIT, "server")).isZero();
                assertThat(registry.get("rebind.tcp.sockets").gauges()).hasSize(2 * TcpState.values().length);
                assertThat(registry.get("rebind.tcp.queue")
                                .tags("side", "server", "direction", "receive")
                                .gauge()
                                .value())
                        .isEqualTo(99);
                assertThat(value("rebind.port.release")).as("somebody holds it").isNaN();
            }
        }
    }

    @Test
    @DisplayName(
            "a port with nothing on it is free now; one whose leftovers end by themselves is free in a minute or so")
    void release() throws Exception {
        int port;
        var ports = new PortMetrics(source(SocketReaders.best()), Duration.ZERO);
        ports.bindTo(registry);
        try (var server = new ServerSocket()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port = server.getLocalPort();
            try (var client = new Socket(server.getInetAddress(), port)) {
                server.accept().close();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
        ports.watch(port);
        assertThat(sockets(port, TcpState.TIME_WAIT, "server")).isEqualTo(1);
        assertThat(value("rebind.port.release")).isBetween(1.0, 63.0);
        assertThat(value("rebind.tcp.time.wait.sockets")).isGreaterThanOrEqualTo(1);
        assertThat(value("rebind.tcp.time.wait.limit")).isGreaterThanOrEqualTo(1);

        var other = new SimpleMeterRegistry();
        var free = new PortMetrics(source(SocketReaders.best()), Duration.ZERO);
        free.watch(1);
        free.bindTo(other);
        assertThat(other.get("rebind.port.release").gauge().value()).isZero();
    }

    @Test
    @DisplayName("all meters of a port share one look, and the next look is an interval away")
    void shared() {
        var reads = new AtomicInteger();
        SocketReader real = SocketReaders.best();
        var ports = new PortMetrics(
                source(query -> {
                    reads.incrementAndGet();
                    return real.read(query);
                }),
                HOUR);
        ports.watch(1);
        ports.bindTo(registry);
        for (int scrape = 0; scrape < 3; scrape++) {
            registry.find("rebind.tcp.sockets").gauges().forEach(Gauge::value);
            registry.find("rebind.tcp.queue").gauges().forEach(Gauge::value);
            assertThat(value("rebind.port.release")).isZero();
        }
        assertThat(reads).hasValue(1);
        assertThat(registry.get("rebind.socket.read").timer().count()).isEqualTo(1);
    }

    @Test
    @DisplayName("what cannot be read is not a number, and is counted; it is never zero")
    void unreadable() {
        var ports = new PortMetrics(
                new PortMetrics.Source(
                        _ -> new Reading.Unreadable("the test", "it must fail"),
                        new ReleasePredictor(),
                        new Namespace(Path.of("/nowhere")),
                        new Sockstat(Path.of("/nowhere"))),
                HOUR);
        ports.watch(1);
        ports.bindTo(registry);
        assertThat(registry.getMeters())
                .filteredOn(meter -> meter instanceof Gauge)
                // A simple registry has a histogram's buckets as gauges.
                .filteredOn(meter -> !meter.getId().getName().startsWith("rebind.socket.read"))
                .hasSize(2 + 2 * TcpState.values().length + 4 + 1)
                .allSatisfy(
                        gauge -> assertThat(gauge.measure().iterator().next().getValue())
                                .as(gauge.getId().toString())
                                .isNaN());
        assertThat(registry.get("rebind.socket.read.failures").counter().count())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("so many ports have meters at once and no more: the first goes, with all of its series")
    void bounded() {
        var ports = new PortMetrics(source(SocketReaders.best()), HOUR);
        ports.bindTo(registry);
        for (int port = 1; port <= PortMetrics.MOST_PORTS + 1; port++) {
            ports.watch(port);
        }
        assertThat(ports.ports()).hasSize(PortMetrics.MOST_PORTS).doesNotContain(1);
        assertThat(registry.find("rebind.tcp.sockets").tag("port", "1").gauges())
                .isEmpty();
        assertThat(registry.find("rebind.port.release").gauges()).hasSize(PortMetrics.MOST_PORTS);
        assertThatThrownBy(() -> ports.watch(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
