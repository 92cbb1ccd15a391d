package dev.rebind.agent.meters;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.diagnosis.Cause;
import dev.rebind.metrics.BindMetrics;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The events at one place that affect how the next bind there is counted. A failed bind is counted when it is explained, or else when the
 * next event happens there. A retry without an explanation gets the cause of the last explanation of the same generation. Safe for several
 * threads.
 */
final class PlaceHistory {
    private final Place place;
    private final BindMetrics binds;
    private @Nullable Boolean reuseOld;
    private @Nullable Long stoppedNanos;
    private boolean restarting;
    private boolean bound;
    private Start.@Nullable Failed unexplained;
    private @Nullable Integer explainedGeneration;
    private Cause explained = Cause.unknown;

    PlaceHistory(Place place, BindMetrics binds) {
        this.place = place;
        this.binds = binds;
    }

    synchronized boolean isBound() {
        return bound;
    }

    synchronized void bound(GenerationSettings settings, long atNanos) {
        countUnexplained();
        starting(settings);
        binds.bound(place.port(), reuseOld, settings.reuseAddress());
        if (stoppedNanos != null) {
            binds.rebound(restart(settings), Duration.ofNanos(Math.max(0, atNanos - stoppedNanos)));
        }
        stoppedNanos = null;
        reuseOld = settings.reuseAddress();
        bound = true;
    }

    synchronized void failed(Start.Failed failed) {
        countUnexplained();
        starting(failed.settings());
        unexplained = failed;
    }

    /** Handles a start. The first try after a stop begins a restart; further tries belong to the same restart. */
    private void starting(GenerationSettings settings) {
        if (restarting) {
            binds.restarted(restart(settings));
            restarting = false;
        }
    }

    synchronized void explained(Start.Failed failed, Cause cause) {
        explainedGeneration = failed.generation();
        explained = cause;
        if (unexplained != null && unexplained.generation() == failed.generation()) {
            count(unexplained, cause);
            unexplained = null;
        }
    }

    /** @param orderedNanos when the generation was told to stop */
    synchronized void stopped(long orderedNanos) {
        countUnexplained();
        bound = false;
        restarting = true;
        stoppedNanos = orderedNanos;
    }

    private void countUnexplained() {
        if (unexplained != null) {
            boolean same = explainedGeneration != null && explainedGeneration == unexplained.generation();
            count(unexplained, same ? explained : Cause.unknown);
            unexplained = null;
        }
    }

    private void count(Start.Failed failed, Cause cause) {
        binds.failed(
                place.port(),
                cause.name(),
                failed.errno(),
                reuseOld,
                failed.settings().reuseAddress());
    }

    private static BindMetrics.Restart restart(GenerationSettings settings) {
        return switch (settings.mode()) {
            case listener -> BindMetrics.Restart.listener;
            case process -> BindMetrics.Restart.process;
        };
    }
}
