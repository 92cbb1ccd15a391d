package dev.rebind.client.measure;

import dev.rebind.client.protocol.ClientEvent.Measured;
import dev.rebind.client.protocol.ClientEvent.Trips;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.metrics.Buckets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What happened since it was last asked for. Not for several threads. */
public final class MeasurementBuffer implements MeasurementObserver {
    private static final long[] BOUNDS =
            Arrays.stream(Buckets.roundTrips()).mapToLong(Duration::toNanos).toArray();

    private final Map<String, Long> failedConnects = new HashMap<>();
    private final Map<String, Long> requestFailures = new HashMap<>();
    private final List<Double> outagesMs = new ArrayList<>();
    private final long[] trips = new long[BOUNDS.length + 1];
    private final long[] tripNanos = new long[BOUNDS.length + 1];
    private long answers;
    private long requests;
    private long resets;
    private long bytesLost;
    private int connections;

    @Override
    public void answered(long more) {
        answers += more;
    }

    @Override
    public void roundTrip(long nanos) {
        int bucket = 0;
        while (bucket < BOUNDS.length && nanos > BOUNDS[bucket]) {
            bucket++;
        }
        trips[bucket]++;
        tripNanos[bucket] += nanos;
    }

    @Override
    public void connectFailed(String errno) {
        failedConnects.merge(errno, 1L, Long::sum);
    }

    @Override
    public void reset() {
        resets++;
    }

    @Override
    public void lost(long bytes) {
        bytesLost += bytes;
    }

    @Override
    public void outage(long nanos) {
        outagesMs.add(nanos / 1e6);
    }

    @Override
    public void open(int now) {
        connections = now;
    }

    @Override
    public void requested() {
        requests++;
    }

    @Override
    public void requestFailed(Failure failure) {
        requestFailures.merge(failure.name(), 1L, Long::sum);
    }

    /** Hands it over and begins afresh, but for the connections. */
    public Measured take() {
        List<Trips> byBucket = new ArrayList<>();
        for (int bucket = 0; bucket < trips.length; bucket++) {
            if (trips[bucket] > 0) {
                byBucket.add(new Trips(trips[bucket], tripNanos[bucket]));
            }
        }
        var taken = new Measured(
                answers,
                resets,
                bytesLost,
                failedConnects,
                requests,
                requestFailures,
                connections,
                outagesMs,
                byBucket,
                Instant.now());
        answers = 0;
        requests = 0;
        requestFailures.clear();
        resets = 0;
        bytesLost = 0;
        failedConnects.clear();
        outagesMs.clear();
        Arrays.fill(trips, 0);
        Arrays.fill(tripNanos, 0);
        return taken;
    }
}
