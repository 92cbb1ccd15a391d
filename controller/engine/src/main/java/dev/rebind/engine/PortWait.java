package dev.rebind.engine;

import dev.rebind.agent.Agent.Start;
import dev.rebind.sockets.release.Release;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A cycle waits until its port can be bound.
 *
 * @param free when the port is free; null where nothing tells
 * @param latest whether it may be free before
 * @param tries how often a bind was tried, with the next one; null where nobody knows
 */
public record PortWait(
        @Nullable Instant free, boolean latest, @Nullable Integer tries) {
    static PortWait of(Release release, Start.Failed failed, @Nullable Integer tries) {
        return switch (release) {
            case Release.Window window -> {
                long at = window.predictedNanos().orElse(window.latestNanos());
                yield new PortWait(
                        failed.at().plusNanos(at - failed.atNanos()),
                        window.predictedNanos().isEmpty(),
                        tries);
            }
            case Release.Free _, Release.Held _, Release.Unbounded _ -> new PortWait(null, false, tries);
        };
    }
}
