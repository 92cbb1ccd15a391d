package dev.rebind.engine.metrics;

import dev.rebind.record.CycleRecord.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far an experiment is. A null is a fact that is not known yet.
 *
 * @param mode how the server is restarted
 */
public record ExperimentProgress(
        Phase phase,
        @Nullable Verdict verdict,
        @Nullable String mode,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt) {
    /** Phases by the names that statuses have. */
    public enum Phase {
        Pending,
        Running,
        Paused,
        Completed,
        Aborted,
        Error;

        /** Whether nothing more will happen. */
        boolean isOver() {
            return this == Completed || this == Aborted || this == Error;
        }
    }
}
