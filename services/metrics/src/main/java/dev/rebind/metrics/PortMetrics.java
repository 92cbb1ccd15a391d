package dev.rebind.metrics;

import dev.rebind.metrics.Figures.Direction;
import dev.rebind.metrics.Figures.Side;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.proc.Sockstat;
import dev.rebind.sockets.release.ReleasePredictor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of ports of this process's network namespace, as meters: how many in which state, what lies in their queues,
 * when the port is free. The kernel is looked at when a meter is read, at most once in an interval for all meters of a port
 * together. A look that failed is no zero: its gauges are NaN, and {@code rebind.socket.read.failures} counts it.
 *
 * <p>Reading a gauge may block for the milliseconds of such a look. Safe for several threads.
 */
public final class PortMetrics implements MeterBinder {
    /** The shortest time between two looks at a port. */
    public static final Duration INTERVAL = Duration.ofSeconds(1);

    /** So many ports have meters at once; the one that came first goes when there are more. */
    public static final int MOST_PORTS = 64;

    private final Source source;
    private final long intervalNanos;
    private final Map<Integer, Watched> watched = new LinkedHashMap<>();
    private final List<Bound> registries = new ArrayList<>();

    /**
     * Where figures come from.
     *
     * @param settings of the network namespace
     */
    public record Source(SocketReader reader, ReleasePredictor predictor, Namespace settings, Sockstat totals) {
        /** This process's network namespace. */
        public static Source here() {
            return new Source(SocketReaders.best(), new ReleasePredictor(), new Namespace(), new Sockstat());
        }
    }

    /** A port and the last look at it. */
    private static final class Watched {
        final int port;
        final Map<MeterRegistry, List<Meter>> meters = new HashMap<>();
        private @Nullable Figures last;
        private long lookedNanos;

        Watched(int port) {
            this.port = port;
        }
    }

    /** What is measured of reading itself, in one registry. */
    private record Bound(MeterRegistry registry, Timer reads, Counter failures) {}

    /** Of these ports, 1 to 65535, of this process's network namespace. */
    public PortMetrics(int... ports) {
        this(Source.here(), INTERVAL);
        for (int port : ports) {
            watch(port);
        }
    }

    /** @param interval the shortest time between two looks at a port */
    public PortMetrics(Source source, Duration interval) {
        this.source = source;
        this.intervalNanos = interval.toNanos();
    }

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        registries.add(new Bound(
                registry,
                Timer.builder("rebind.socket.read")
                        .description("Time that a look at the kernel's sockets took")
                        .serviceLevelObjectives(Buckets.reads())
                        .register(registry),
                Counter.builder("rebind.socket.read.failures")
                        .description("Looks at the kernel's sockets that failed")
                        .register(registry)));
        Gauge.builder("rebind.tcp.time.wait.sockets", this, PortMetrics::timeWait)
                .description("Sockets in TIME_WAIT in the whole network namespace")
                .strongReference(true)
                .register(registry);
        Gauge.builder("rebind.tcp.time.wait.limit", this, PortMetrics::timeWaitLimit)
                .description("net.ipv4.tcp_max_tw_buckets: above so many the kernel makes no more")
                .strongReference(true)
                .register(registry);
        watched.values().forEach(one -> register(one, registry));
    }

    /** Measures a port from now on; does nothing where it is measured already. */
    public synchronized void watch(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 1 to 65535");
        }
        if (watched.containsKey(port)) {
            return;
        }
        Iterator<Watched> oldest = watched.values().iterator();
        while (watched.size() >= MOST_PORTS) {
            Watched one = oldest.next();
            one.meters.forEach((registry, meters) -> meters.forEach(registry::remove));
            oldest.remove();
        }
        var one = new Watched(port);
        watched.put(port, one);
        registries.forEach(bound -> register(one, bound.registry()));
    }

    private void register(Watched one, MeterRegistry registry) {
        var meters = new ArrayList<Meter>();
        for (Side side : Side.values()) {
            for (TcpState state : TcpState.values()) {
                meters.add(gauge("rebind.tcp.sockets", one, figures -> figures.sockets(side, state))
                        .description("Sockets whose own port (side server) or far port (side client) it is, by state")
                        .tag("state", state.name())
                        .tag("side", side.name())
                        .register(registry));
            }
            for (Direction direction : Direction.values()) {
                meters.add(gauge("rebind.tcp.queue", one, figures -> figures.bytes(side, direction))
                        .description("Bytes received and not read, or sent and not acknowledged; listeners left out")
                        .baseUnit("bytes")
                        .tag("side", side.name())
                        .tag("direction", direction.name())
                        .register(registry));
            }
        }
        meters.add(gauge("rebind.port.release", one, figures -> figures.release(System.nanoTime()))
                .description(
                        "Time until nothing is left on the port; 0: free; NaN: a socket that somebody holds is on it")
                .baseUnit("seconds")
                .register(registry));
        one.meters.put(registry, meters);
    }

    private Gauge.Builder<Watched> gauge(String name, Watched one, ToDoubleFunction<Figures> figure) {
        return Gauge.builder(name, one, port -> figure.applyAsDouble(figures(port)))
                .tag("port", Integer.toString(one.port))
                .strongReference(true);
    }

    /** As of an interval ago at most. */
    private synchronized Figures figures(Watched one) {
        long now = System.nanoTime();
        Figures last = one.last;
        if (last != null && now - one.lookedNanos < intervalNanos) {
            return last;
        }
        Reading reading = source.reader().read(SocketQuery.around(one.port));
        long took = System.nanoTime() - now;
        for (Bound bound : registries) {
            bound.reads().record(took, TimeUnit.NANOSECONDS);
            if (reading instanceof Reading.Unreadable) {
                bound.failures().increment();
            }
        }
        Figures fresh = Figures.of(one.port, reading, source.predictor());
        one.last = fresh;
        one.lookedNanos = now;
        return fresh;
    }

    private double timeWait() {
        OptionalLong sockets = source.totals().timeWait();
        return sockets.isPresent() ? (double) sockets.getAsLong() : Double.NaN;
    }

    private double timeWaitLimit() {
        return source.settings().maxTimeWait().isPresent()
                ? source.settings().maxTimeWait().getAsInt()
                : Double.NaN;
    }

    /** The ports that have meters now, the one that came first first. */
    public synchronized List<Integer> ports() {
        return List.copyOf(watched.keySet());
    }
}
