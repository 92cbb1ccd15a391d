package dev.rebind.agent.meters;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.diagnosis.Cause;
import dev.rebind.metrics.BindMetrics;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What happened at one place, as far as the next bind there is counted by it. A failed bind is counted once its cause is
 * known: when it is explained, else when the next thing happens there; a retry that nobody had explained has the cause
 * that the last explanation of the same generation gave. Safe for several threads.
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

    /** The first try after a stop; others are of the same restart. */
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

    /** @param orderedNanos when it was told to stop */
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
