package dev.rebind.engine;

import dev.rebind.agent.Agent.Start;
import dev.rebind.sockets.release.Release;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of a cycle that waits until its port can be bound.
 *
 * @param free when the port is expected to be free; null if that is unknown
 * @param latest whether {@code free} is the latest possible time, so that the port may be free earlier
 * @param tries the number of binds, including the next one; null if unknown
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
