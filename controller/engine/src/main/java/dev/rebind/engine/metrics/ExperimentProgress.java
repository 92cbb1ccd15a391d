package dev.rebind.engine.metrics;

import dev.rebind.record.Phase;
import dev.rebind.record.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The progress of an experiment. A fact that is not known yet is null.
 *
 * @param mode how the server is restarted
 */
public record ExperimentProgress(
        Phase phase,
        @Nullable Verdict verdict,
        @Nullable String mode,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt) {}
