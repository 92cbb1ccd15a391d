package dev.rebind.client.meters;

import dev.rebind.client.measure.MeasurementObserver;
import dev.rebind.client.protocol.ClientEvent.Measured;
import dev.rebind.client.protocol.ClientEvent.Trips;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.metrics.BindMetrics;
import dev.rebind.metrics.Buckets;
import dev.rebind.metrics.PortMetrics;
import dev.rebind.sockets.posix.Errno;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The meters of all clients that one process runs or speaks for, by the server's port that they connect to. Safe for several
 * threads.
 */
public final class ClientMeters {
    private static final String TIMEOUT = "timeout";
    private static final String OTHER = "other";

    /** connect(2) and what it hands on from the network; the client's own timeout; anything else. */
    private static final List<String> ERRNOS = List.of(
            Errno.ECONNREFUSED.name(),
            Errno.ECONNRESET.name(),
            Errno.ETIMEDOUT.name(),
            Errno.EHOSTUNREACH.name(),
            Errno.ENETUNREACH.name(),
            Errno.EADDRINUSE.name(),
            Errno.EADDRNOTAVAIL.name(),
            Errno.EACCES.name(),
            TIMEOUT,
            OTHER);

    private final MeterRegistry registry;
    private final Map<String, PortMeters> ports = new HashMap<>();

    /** Registers nothing yet. */
    public ClientMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * What clients of this process see. The meters of the port are there from now on, at zero.
     *
     * @param port the server's that they connect to
     */
    public MeasurementObserver observer(int port) {
        return new Own(of(port));
    }

    /**
     * What clients of another process see, as it says it from time to time. The meters of the port are there from now on, at
     * zero.
     *
     * @param port the server's that they connect to
     */
    public Feed feed(int port) {
        return new Feed(of(port));
    }

    private PortMeters of(int port) {
        synchronized (ports) {
            String name = Integer.toString(port);
            String label = ports.containsKey(name) || ports.size() < PortMetrics.MOST_PORTS ? name : BindMetrics.OTHER;
            return ports.computeIfAbsent(label, one -> new PortMeters(registry, one));
        }
    }

    /** The meters of the clients of one port. */
    private static final class PortMeters {
        private final Map<String, Counter> failedConnects = new LinkedHashMap<>();
        private final Map<String, Counter> requestFailures = new LinkedHashMap<>();
        private final Counter requests;
        private final Counter resets;
        private final Counter answers;
        private final Counter lost;
        private final Timer downtime;
        private final Timer roundTrips;
        private final AtomicLong connections = new AtomicLong();

        PortMeters(MeterRegistry registry, String port) {
            Tags tags = Tags.of("port", port);
            for (String errno : ERRNOS) {
                failedConnects.put(
                        errno,
                        Counter.builder("rebind.client.connect.failures")
                                .description("Attempts to connect that failed, by errno; timeout: the client's own")
                                .tags(tags.and("errno", errno))
                                .register(registry));
            }
            requests = Counter.builder("rebind.client.requests")
                    .description("HTTP requests, and TCP connections with an answer to wait for, that were begun")
                    .tags(tags)
                    .register(registry);
            for (Failure failure : Failure.values()) {
                requestFailures.put(
                        failure.name(),
                        Counter.builder("rebind.client.request.failures")
                                .description("Those of rebind_client_requests_total that failed, by how they failed")
                                .tags(tags.and("failure", failure.name()))
                                .register(registry));
            }
            resets = Counter.builder("rebind.client.resets")
                    .description("Connections that ended with ECONNRESET or EPIPE")
                    .tags(tags)
                    .register(registry);
            answers = Counter.builder("rebind.client.answers")
                    .description("Good answers: lines that carry the request that they answer, or lines of a stream")
                    .tags(tags)
                    .register(registry);
            lost = Counter.builder("rebind.client.lost")
                    .description("Bytes of requests on connections that ended before the answer came")
                    .baseUnit("bytes")
                    .tags(tags)
                    .register(registry);
            downtime = Timer.builder("rebind.client.downtime")
                    .description(
                            "Time without service, from the last good answer on a connection that was lost to the first"
                                    + " new one")
                    .tags(tags)
                    .serviceLevelObjectives(Buckets.outages())
                    .register(registry);
            roundTrips = Timer.builder("rebind.client.round.trip")
                    .description("From a request to its answer")
                    .tags(tags)
                    .serviceLevelObjectives(Buckets.roundTrips())
                    .register(registry);
            Gauge.builder("rebind.client.connections", connections, AtomicLong::get)
                    .description("Connections that are open and not being closed")
                    .tags(tags)
                    .strongReference(true)
                    .register(registry);
        }

        void failed(String errno, long times) {
            Objects.requireNonNull(failedConnects.get(failedConnects.containsKey(errno) ? errno : OTHER))
                    .increment((double) times);
        }
    }

    private static void failed(PortMeters meters, String failure, long times) {
        Objects.requireNonNull(
                        meters.requestFailures.getOrDefault(failure, meters.requestFailures.get(Failure.other.name())))
                .increment((double) times);
    }

    private static final class Own implements MeasurementObserver {
        private final PortMeters meters;
        private long open;

        Own(PortMeters meters) {
            this.meters = meters;
        }

        @Override
        public void answered(long more) {
            meters.answers.increment((double) more);
        }

        @Override
        public void roundTrip(long nanos) {
            meters.roundTrips.record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void connectFailed(String errno) {
            meters.failed(errno, 1);
        }

        @Override
        public void reset() {
            meters.resets.increment();
        }

        @Override
        public void lost(long bytes) {
            meters.lost.increment((double) bytes);
        }

        @Override
        public void outage(long nanos) {
            meters.downtime.record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void open(int now) {
            meters.connections.addAndGet(now - open);
            open = now;
        }

        @Override
        public void requested() {
            meters.requests.increment();
        }

        @Override
        public void requestFailed(Failure failure) {
            failed(meters, failure.name(), 1);
        }
    }

    /** One process with clients; closed when it is gone. */
    public static final class Feed implements AutoCloseable {
        private final PortMeters meters;
        private long open;
        private boolean closed;

        private Feed(PortMeters meters) {
            this.meters = meters;
        }

        /** More has happened. */
        public synchronized void measured(Measured more) {
            meters.answers.increment((double) more.answers());
            meters.resets.increment((double) more.resets());
            meters.lost.increment((double) more.bytesLost());
            more.failedConnects().forEach(meters::failed);
            meters.requests.increment((double) more.requests());
            more.requestFailures().forEach((failure, times) -> failed(meters, failure, times));
            more.outagesMs().forEach(millis -> meters.downtime.record(Duration.ofNanos(Math.round(millis * 1e6))));
            for (Trips trips : more.roundTrips()) {
                // By bucket, so the mean of each falls into the same one.
                long mean = trips.nanos() / trips.count();
                for (long i = 0; i < trips.count(); i++) {
                    meters.roundTrips.record(mean, TimeUnit.NANOSECONDS);
                }
            }
            if (!closed) {
                meters.connections.addAndGet(more.connections() - open);
                open = more.connections();
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            meters.connections.addAndGet(-open);
            open = 0;
        }
    }
}
