package dev.rebind.client.meters;

import dev.rebind.client.measure.Observer;
import dev.rebind.client.protocol.ClientEvent.Measured;
import dev.rebind.client.protocol.ClientEvent.Trips;
import dev.rebind.metrics.Buckets;
import dev.rebind.sockets.posix.Errno;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The meters of all clients that one process runs or speaks for. Safe for several threads. */
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

    private final Map<String, Counter> failedConnects = new LinkedHashMap<>();
    private final Counter resets;
    private final Counter answers;
    private final Counter lost;
    private final Timer downtime;
    private final Timer roundTrips;
    private final AtomicLong connections = new AtomicLong();

    /** Registers all of them, at zero. */
    public ClientMeters(MeterRegistry registry) {
        for (String errno : ERRNOS) {
            failedConnects.put(
                    errno,
                    Counter.builder("rebind.client.connect.failures")
                            .description("Attempts to connect that failed, by errno; timeout: the client's own")
                            .tag("errno", errno)
                            .register(registry));
        }
        resets = Counter.builder("rebind.client.resets")
                .description("Connections that ended with ECONNRESET or EPIPE")
                .register(registry);
        answers = Counter.builder("rebind.client.answers")
                .description("Good answers: lines that carry the request that they answer, or lines of a stream")
                .register(registry);
        lost = Counter.builder("rebind.client.lost")
                .description("Bytes of requests on connections that ended before the answer came")
                .baseUnit("bytes")
                .register(registry);
        downtime = Timer.builder("rebind.client.downtime")
                .description(
                        "Time without service, from the last good answer on a connection that was lost to the first"
                                + " new one")
                .serviceLevelObjectives(Buckets.outages())
                .register(registry);
        roundTrips = Timer.builder("rebind.client.round.trip")
                .description("From a request to its answer")
                .serviceLevelObjectives(Buckets.roundTrips())
                .register(registry);
        Gauge.builder("rebind.client.connections", connections, AtomicLong::get)
                .description("Connections that are open and not being closed")
                .strongReference(true)
                .register(registry);
    }

    /** What clients of this process see. */
    public Observer observer() {
        return new Own();
    }

    /** What clients of another process see, as it says it from time to time. */
    public Feed feed() {
        return new Feed();
    }

    private void failed(String errno, long times) {
        Objects.requireNonNull(failedConnects.get(failedConnects.containsKey(errno) ? errno : OTHER))
                .increment((double) times);
    }

    private final class Own implements Observer {
        private long open;

        @Override
        public void answered(long more) {
            answers.increment((double) more);
        }

        @Override
        public void roundTrip(long nanos) {
            roundTrips.record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void connectFailed(String errno) {
            failed(errno, 1);
        }

        @Override
        public void reset() {
            resets.increment();
        }

        @Override
        public void lost(long bytes) {
            lost.increment((double) bytes);
        }

        @Override
        public void outage(long nanos) {
            downtime.record(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void open(int now) {
            connections.addAndGet(now - open);
            open = now;
        }
    }

    /** One process with clients; closed when it is gone. */
    public final class Feed implements AutoCloseable {
        private long open;
        private boolean closed;

        private Feed() {}

        /** More has happened. */
        public synchronized void measured(Measured more) {
            answers.increment((double) more.answers());
            resets.increment((double) more.resets());
            lost.increment((double) more.bytesLost());
            more.failedConnects().forEach(ClientMeters.this::failed);
            more.outagesMs().forEach(millis -> downtime.record(Duration.ofNanos(Math.round(millis * 1e6))));
            for (Trips trips : more.roundTrips()) {
                // By bucket, so the mean of each falls into the same one.
                long mean = trips.nanos() / trips.count();
                for (long i = 0; i < trips.count(); i++) {
                    roundTrips.record(mean, TimeUnit.NANOSECONDS);
                }
            }
            if (!closed) {
                connections.addAndGet(more.connections() - open);
                open = more.connections();
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            connections.addAndGet(-open);
            open = 0;
        }
    }
}
