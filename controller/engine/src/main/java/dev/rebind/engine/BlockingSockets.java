package dev.rebind.engine;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.record.bind.Beside;
import dev.rebind.record.bind.Blocking;
import dev.rebind.record.bind.RecordedRemedy;
import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.release.Release;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Maps the agent's explanation to the record's form. */
final class BlockingSockets {
    private BlockingSockets() {}

    static List<Blocking> of(Explanation explanation) {
        return explanation.blocking().stream()
                .map(blocker -> new Blocking(
                        blocker.socket().state().name(),
                        blocker.socket().local().toString(),
                        blocker.socket().remote().toString(),
                        blocker.socket().timer().kind() == SocketTimer.Kind.TIME_WAIT
                                ? blocker.socket().timer().remaining().toMillis()
                                : null,
                        blocker.owner() == null ? null : blocker.owner().pid(),
                        blocker.owner() == null ? null : blocker.owner().name(),
                        blocker.generation(),
                        blocker.all().size() < 2
                                ? null
                                : blocker.all().stream()
                                        .map(Explanation.HolderProcess::pid)
                                        .toList(),
                        blocker.all().isEmpty()
                                ? null
                                : blocker.all().getFirst().command(),
                        blocker.all().isEmpty()
                                ? null
                                : blocker.all().getFirst().user()))
                .toList();
    }

    /** Returns the remedies in the record's form; null if there are none. */
    static @Nullable List<RecordedRemedy> remedies(@Nullable Explanation explanation) {
        if (explanation == null || explanation.told().remedies().isEmpty()) {
            return null;
        }
        return explanation.told().remedies().stream()
                .map(remedy -> new RecordedRemedy(remedy.kind(), remedy.now() ? "now" : "later", remedy.text()))
                .toList();
    }

    /** Returns the other listeners on the new server's port; null if there are none. */
    static @Nullable List<Beside> beside(Start.@Nullable Bound bound) {
        if (bound == null || bound.beside().isEmpty()) {
            return null;
        }
        return bound.beside().stream()
                .map(one -> new Beside(
                        one.local(), one.pids().isEmpty() ? null : one.pids(), one.process(), one.gets(), one.text()))
                .toList();
    }

    /**
     * Returns the release in the record's form, with times in ms after the failed bind.
     *
     * @param failedNanos when the bind failed, by {@link System#nanoTime()}
     */
    static ReleaseTimes release(
            Release release, long failedNanos, @Nullable Double actualMs, @Nullable Double lastFailedMs) {
        return switch (release) {
            case Release.Free _ -> new ReleaseTimes(0.0, 0.0, 0.0, actualMs, lastFailedMs, null);
            case Release.Held held -> new ReleaseTimes(null, null, null, actualMs, lastFailedMs, held.why());
            case Release.Unbounded unbounded ->
                new ReleaseTimes(null, null, null, actualMs, lastFailedMs, unbounded.why());
            case Release.Window window ->
                new ReleaseTimes(
                        millis(window.earliestNanos() - failedNanos),
                        millis(window.latestNanos() - failedNanos),
                        window.predictedNanos().isPresent()
                                ? millis(window.predictedNanos().getAsLong() - failedNanos)
                                : null,
                        actualMs,
                        lastFailedMs,
                        null);
        };
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }
}
