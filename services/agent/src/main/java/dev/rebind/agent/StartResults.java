package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import dev.rebind.child.Moment;
import dev.rebind.server.protocol.ServerEvent;
import java.time.Instant;
import java.util.List;

/** Converts the server's report into the agent's result. */
final class StartResults {
    private StartResults() {}

    static Start of(GenerationSettings settings, ServerEvent.BindReport report, long pid) {
        Moment now = Moment.now();
        return switch (report) {
            case ServerEvent.Bound bound ->
                new Start.Bound(
                        settings.generation(), settings.place(), List.of(pid), bound.at(), nanosOf(bound.at(), now));
            case ServerEvent.BindFailed failed ->
                new Start.Failed(
                        settings.generation(),
                        settings,
                        failed.errno(),
                        failed.errnoNumber(),
                        failed.call(),
                        failed.message(),
                        failed.at(),
                        nanosOf(failed.at(), now));
            case ServerEvent.Refused refused -> new Start.Broken(settings.generation(), refused.message());
        };
    }

    /**
     * Converts a wall clock time, which both processes can read, into the monotonic clock. Returns now where the wall clock was set in
     * between.
     */
    private static long nanosOf(Instant at, Moment now) {
        long nanos = now.nanosOf(at);
        return nanos <= now.nanos() && now.nanos() - nanos < ServerProcess.BIND_REPORT.toNanos() ? nanos : now.nanos();
    }
}
