package dev.rebind.kubernetes.resource;

import dev.rebind.kubernetes.resource.ExperimentStatus.Counts;
import dev.rebind.kubernetes.resource.ExperimentStatus.Phase;
import dev.rebind.kubernetes.resource.ExperimentStatus.Truth;
import dev.rebind.record.CycleRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A status being changed; {@link #done} gives what it has become. For one thread. */
public final class StatusEdit {
    private final Instant now;
    private ExperimentStatus status;

    public StatusEdit(ExperimentStatus status, Instant now) {
        this.status = status;
        this.now = now;
    }

    public ExperimentStatus done() {
        return status;
    }

    public StatusEdit condition(String type, Truth truth, String reason, String message) {
        return with(
                status.phase(),
                status.verdict(),
                Conditions.with(status.conditions(), type, truth, reason, message, status.observedGeneration(), now),
                status.startedAt(),
                status.completedAt());
    }

    public StatusEdit phase(Phase phase) {
        return with(phase, status.verdict(), status.conditions(), status.startedAt(), status.completedAt());
    }

    /** It begins, or goes on: the first time is kept. */
    public StatusEdit started() {
        String at = status.startedAt() == null ? text() : status.startedAt();
        return with(status.phase(), status.verdict(), status.conditions(), at, status.completedAt());
    }

    public StatusEdit over(Phase phase, CycleRecord.Verdict verdict) {
        return with(phase, verdict, status.conditions(), status.startedAt(), text());
    }

    private String text() {
        return now.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private StatusEdit with(
            Phase phase,
            CycleRecord.@Nullable Verdict verdict,
            List<ExperimentStatus.Condition> conditions,
            @Nullable String startedAt,
            @Nullable String completedAt) {
        status = new ExperimentStatus(
                status.observedGeneration(),
                phase,
                verdict,
                conditions,
                status.cycles(),
                status.target(),
                status.mode(),
                status.reuse(),
                status.lastCycle(),
                status.generations(),
                status.controller(),
                startedAt,
                completedAt,
                status.records());
        return this;
    }

    /** Who works on it, what it restarts and how. */
    public StatusEdit about(
            @Nullable Long observedGeneration,
            @Nullable String controller,
            @Nullable String target,
            @Nullable String mode) {
        status = new ExperimentStatus(
                observedGeneration,
                status.phase(),
                status.verdict(),
                status.conditions(),
                status.cycles(),
                target == null ? status.target() : target,
                mode == null ? status.mode() : mode,
                status.reuse(),
                status.lastCycle(),
                status.generations(),
                controller,
                status.startedAt(),
                status.completedAt(),
                status.records());
        return this;
    }

    public StatusEdit cycle(Counts counts, String reuse, String lastCycle, int generations, List<CycleRecord> records) {
        status = new ExperimentStatus(
                status.observedGeneration(),
                status.phase(),
                status.verdict(),
                status.conditions(),
                counts,
                status.target(),
                status.mode(),
                reuse,
                lastCycle,
                generations,
                status.controller(),
                status.startedAt(),
                status.completedAt(),
                records);
        return this;
    }
}
