package dev.rebind.operator.resource;

import dev.rebind.operator.resource.ExperimentStatus.Condition;
import dev.rebind.operator.resource.ExperimentStatus.Counts;
import dev.rebind.operator.resource.ExperimentStatus.Toggled;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.Totals;
import dev.rebind.record.Verdict;
import dev.rebind.record.clients.RequestTotals;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes a status step by step; {@link #done} returns the result. Only one thread may use it. */
public final class StatusEdit {
    private final Instant now;
    private @Nullable Long observedGeneration;
    private Phase phase;
    private @Nullable Verdict verdict;
    private List<Condition> conditions;
    private Counts cycles;
    private RequestTotals requests;
    private @Nullable String target;
    private @Nullable String mode;
    private @Nullable String reuse;
    private @Nullable String lastCycle;
    private @Nullable Integer generations;
    private @Nullable String controller;
    private @Nullable String startedAt;
    private @Nullable String completedAt;
    private List<CycleRecord> records;
    private @Nullable Toggled toggled;
    private @Nullable String plan;
    private @Nullable Long restoringMs;

    public StatusEdit(ExperimentStatus status, Instant now) {
        this.now = now;
        observedGeneration = status.observedGeneration();
        phase = status.phase();
        verdict = status.verdict();
        conditions = status.conditions();
        cycles = status.cycles();
        requests = status.totals().requests();
        target = status.target();
        mode = status.mode();
        reuse = status.reuse();
        lastCycle = status.lastCycle();
        generations = status.generations();
        controller = status.controller();
        startedAt = status.startedAt();
        completedAt = status.completedAt();
        records = status.records();
        toggled = status.toggled();
        plan = status.plan();
        restoringMs = status.restoringMs();
    }

    public ExperimentStatus done() {
        return new ExperimentStatus(
                observedGeneration,
                phase,
                verdict,
                conditions,
                cycles,
                requests.orNull(),
                target,
                mode,
                reuse,
                lastCycle,
                generations,
                controller,
                startedAt,
                completedAt,
                records,
                toggled,
                plan,
                restoringMs);
    }

    public StatusEdit condition(String type, Truth truth, String reason, String message) {
        conditions = Conditions.with(conditions, type, truth, reason, message, observedGeneration, now);
        return this;
    }

    public StatusEdit phase(Phase phase) {
        this.phase = phase;
        return this;
    }

    /** Notes that the experiment begins or continues. Keeps the time of the first call. */
    public StatusEdit started() {
        startedAt = startedAt == null ? text() : startedAt;
        return this;
    }

    /**
     * Notes that the experiment is over.
     *
     * @param verdict the verdict; null if nothing was tested
     */
    public StatusEdit over(Phase phase, @Nullable Verdict verdict) {
        this.phase = phase;
        this.verdict = verdict;
        completedAt = text();
        return this;
    }

    private String text() {
        return now.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Sets which controller works on the experiment, what it restarts and how. A null target or mode keeps the former value. */
    public StatusEdit about(
            @Nullable Long observedGeneration,
            @Nullable String controller,
            @Nullable String target,
            @Nullable String mode) {
        this.observedGeneration = observedGeneration;
        this.controller = controller;
        this.target = target == null ? this.target : target;
        this.mode = mode == null ? this.mode : mode;
        return this;
    }

    /** Counts one more cycle and adds its record. If there are more records than a status holds, the oldest is dropped. */
    public StatusEdit cycle(CycleRecord record, int generations) {
        var last = new ArrayList<>(records);
        last.add(StatusJson.brief(record));
        Totals counted = cycles.totals(requests).plus(record);
        requests = counted.requests();
        return cycle(
                Counts.of(counted),
                record.reuseText(),
                record.firstSentence(),
                generations,
                last.subList(Math.max(0, last.size() - ExperimentStatus.RECORDS), last.size()));
    }

    public StatusEdit cycle(
            Counts counts, @Nullable String reuse, String lastCycle, int generations, List<CycleRecord> records) {
        this.cycles = counts;
        this.reuse = reuse;
        this.lastCycle = lastCycle;
        this.generations = generations;
        this.records = records;
        return this;
    }

    /**
     * Sets the value that the toggle's key had before.
     *
     * @param before the former value; null if the key has its own value again
     */
    public StatusEdit toggled(@Nullable Toggled before) {
        toggled = before;
        return this;
    }

    /** Adds the time for which the target's server did not listen while the target was given back. */
    public StatusEdit restoring(Duration without) {
        restoringMs = (restoringMs == null ? 0 : restoringMs) + without.toMillis();
        return this;
    }

    public StatusEdit plan(String plan) {
        this.plan = plan;
        return this;
    }
}
