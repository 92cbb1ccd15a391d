package dev.rebind.report.drawing;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Sample;
import dev.rebind.record.bind.ReleaseTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The events of a cycle in milliseconds after the old generation was told to stop, and the lanes of their drawing. It has no time at which
 * nobody looked at the port: the last bar of a state ends at the last known moment.
 */
public final class Timeline {
    private static final List<String> SIDES = List.of("server", "client");
    /** States that sockets of the new generation can have right from its start. */
    private static final Set<String> OF_THE_NEW = Set.of("LISTEN", "ESTABLISHED");

    private final CycleRecord cycle;
    private final List<Sample> samples;
    private final double from;
    private final double to;

    /** Bars for the sockets of one side in one state. */
    record Lane(String side, String state, List<Bar> bars) {}

    record Bar(double fromMs, double toMs, int sockets) {}

    /** @param cycle a cycle that has a timeline and the moment of its stop */
    public Timeline(CycleRecord cycle) {
        this.cycle = cycle;
        samples = Objects.requireNonNull(cycle.timeline());
        double least = 0;
        double most = 1;
        for (Sample sample : samples) {
            least = Math.min(least, sample.atMs());
            most = Math.max(most, sample.atMs());
        }
        for (Double event : new Double[] {failedMs(), boundMs(), latestMs()}) {
            most = event == null ? most : Math.max(most, event);
        }
        from = least;
        to = most;
    }

    /** The first and the last moment to show. */
    double fromMs() {
        return from;
    }

    double toMs() {
        return to;
    }

    /** The last moment at which a socket or an event was seen. */
    double seenMs() {
        double seen = 0;
        for (Sample sample : samples) {
            seen = Math.max(seen, sample.atMs());
        }
        for (Double event : new Double[] {failedMs(), boundMs()}) {
            seen = event == null ? seen : Math.max(seen, event);
        }
        return seen;
    }

    @Nullable
    Double failedMs() {
        return after(cycle.failedAt());
    }

    @Nullable
    Double boundMs() {
        return after(cycle.boundAt());
    }

    @Nullable
    Double earliestMs() {
        return release(cycle.release() == null ? null : cycle.release().earliestMs());
    }

    @Nullable
    Double latestMs() {
        return release(cycle.release() == null ? null : cycle.release().latestMs());
    }

    @Nullable
    Double predictedMs() {
        return release(cycle.release() == null ? null : cycle.release().predictedMs());
    }

    @Nullable
    Double actualMs() {
        ReleaseTimes release = cycle.release();
        return release(release == null ? null : release.actualMs());
    }

    private @Nullable Double release(@Nullable Double afterFailure) {
        Double failed = failedMs();
        return afterFailure == null || failed == null ? null : Double.valueOf(failed + afterFailure);
    }

    private @Nullable Double after(@Nullable Instant instant) {
        Instant stopped = cycle.stoppedAt();
        return instant == null || stopped == null
                ? null
                : Double.valueOf(Duration.between(stopped, instant).toNanos() / 1e6);
    }

    CycleRecord cycle() {
        return cycle;
    }

    /** The lanes of the server's side, then those of the client's side; states come in the order in which they appeared. */
    List<Lane> lanes() {
        var lanes = new ArrayList<Lane>();
        for (String side : SIDES) {
            var bars = new LinkedHashMap<String, List<Bar>>();
            Map<String, Integer> current = Map.of();
            var since = new HashMap<String, Double>();
            for (Sample sample : samples) {
                if (sample.side().equals(side)) {
                    end(bars, current, since, sample.states(), sample.atMs());
                    current = sample.states();
                }
            }
            end(bars, current, since, Map.of(), Math.max(seenMs(), from));
            bars.forEach((state, of) -> lanes.add(new Lane(side, state, untilReleased(side, state, of))));
        }
        return lanes;
    }

    /** Ends the last bar at the release. When the port is free, no blocking socket is left, even if nobody looked again. */
    private List<Bar> untilReleased(String side, String state, List<Bar> bars) {
        Double free = actualMs();
        if (free == null || bars.isEmpty() || !side.equals("server") || OF_THE_NEW.contains(state)) {
            return List.copyOf(bars);
        }
        Bar last = bars.getLast();
        boolean over = last.sockets() <= inTheWay(state) && last.fromMs() < free && free < last.toMs();
        var until = new ArrayList<Bar>(bars.subList(0, bars.size() - 1));
        until.add(over ? new Bar(last.fromMs(), free, last.sockets()) : last);
        return List.copyOf(until);
    }

    private long inTheWay(String state) {
        return cycle.blocking() == null
                ? 0
                : cycle.blocking().stream()
                        .filter(socket -> socket.state().equals(state))
                        .count();
    }

    private static void end(
            Map<String, List<Bar>> bars,
            Map<String, Integer> before,
            Map<String, Double> since,
            Map<String, Integer> now,
            double atMs) {
        new TreeMap<>(before).forEach((state, sockets) -> {
            if (!sockets.equals(now.get(state))) {
                double start = Objects.requireNonNull(since.remove(state));
                Objects.requireNonNull(bars.get(state)).add(new Bar(start, atMs, sockets));
            }
        });
        new TreeMap<>(now).forEach((state, sockets) -> {
            if (!sockets.equals(before.get(state))) {
                since.put(state, atMs);
                bars.computeIfAbsent(state, _ -> new ArrayList<>());
            }
        });
    }
}
