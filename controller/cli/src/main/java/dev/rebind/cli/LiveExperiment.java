package dev.rebind.cli;

import dev.rebind.agent.Agent.Place;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.live.ApiJson;
import dev.rebind.live.ApiJson.Asked;
import dev.rebind.live.ChangeSignal;
import dev.rebind.live.RecordLog;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.Totals;
import dev.rebind.report.CommandTarget;
import dev.rebind.report.Machine;
import dev.rebind.report.Run;
import java.io.File;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The state of one experiment of a {@link LiveRun}, and what users ordered for it. Safe for use by several threads. */
final class LiveExperiment {
    private final Sourced sourced;
    private final Plan plan;
    private final File file;
    private final ChangeSignal changes;
    private final String uid = UUID.randomUUID().toString();
    private Totals totals = Totals.NONE;
    private final TreeMap<Integer, ApiJson.Step> steps = new TreeMap<>();
    private final Set<Place> places = new LinkedHashSet<>();
    private Phase phase = Phase.Pending;
    /** The thread that runs the experiment; null before and after. */
    private @Nullable Thread runner;
    /** Whether the experiment is paused, so that no further cycle may begin. */
    private boolean held;

    private boolean aborted;
    private int underWay;
    private @Nullable Place lastPlace;
    private @Nullable String reuse;
    private @Nullable String lastCycle;
    private @Nullable Instant startedAt;
    private @Nullable Instant completedAt;
    private long from;
    private volatile long end = Long.MAX_VALUE;

    LiveExperiment(Sourced sourced, Plan plan, Path file, ChangeSignal changes) {
        this.sourced = sourced;
        this.plan = plan;
        this.file = file.toFile();
        this.changes = changes;
    }

    String name() {
        return plan.experiment().metadata().name();
    }

    /**
     * Notes that the calling thread begins to run the experiment.
     *
     * @return false when the experiment was aborted and must not run
     */
    synchronized boolean begins() {
        if (aborted) {
            return false;
        }
        runner = Thread.currentThread();
        phase = Phase.Running;
        startedAt = Instant.now();
        from = file.length();
        changes.happened();
        return true;
    }

    /** Notes that the experiment has ended. A later order to abort it does not interrupt its thread, which goes on with other work. */
    synchronized void ends(Phase how) {
        runner = null;
        if (aborted) {
            // The interrupt that aborted this experiment must not end the next one.
            Thread.interrupted();
        }
        phase = aborted ? Phase.Aborted : how;
        completedAt = Instant.now();
        end = file.length();
        steps.clear();
        places.clear();
        underWay = 0;
        changes.happened();
    }

    /** Notes that the run is over. An experiment that has not begun then counts as aborted. */
    synchronized void neverBegun() {
        if (phase == Phase.Pending) {
            phase = Phase.Aborted;
            from = file.length();
            end = from;
            changes.happened();
        }
    }

    synchronized boolean aborted() {
        return aborted;
    }

    /** Waits while the experiment is paused, then counts a cycle as begun. */
    synchronized void awaitGo() throws InterruptedException {
        while (held) {
            wait();
        }
        underWay++;
        changes.happened();
    }

    synchronized void arrived(Place place) {
        places.add(place);
        lastPlace = place;
        changes.happened();
    }

    synchronized void left(Place place) {
        places.remove(place);
    }

    synchronized void step(int cycle, String what) {
        steps.put(cycle, new ApiJson.Step(cycle, what, Instant.now()));
        changes.happened();
    }

    /** Counts a cycle whose record has been written to the file. */
    synchronized void recorded(CycleRecord record) {
        totals = totals.plus(record);
        steps.remove(record.cycle());
        underWay--;
        reuse = record.reuseText();
        lastCycle = record.firstSentence();
        changes.happened();
    }

    /** @return why the experiment cannot be paused; null when it will be */
    synchronized @Nullable String pause() {
        if (phase.isOver()) {
            return over();
        }
        held = true;
        changes.happened();
        return null;
    }

    /** @return why the experiment cannot go on; null when it will */
    synchronized @Nullable String resume() {
        if (phase.isOver()) {
            return over();
        }
        held = false;
        notifyAll();
        changes.happened();
        return null;
    }

    /** @return why the experiment cannot be aborted; null when it will be */
    synchronized @Nullable String abort() {
        if (phase.isOver()) {
            return over();
        }
        aborted = true;
        Thread running = runner;
        if (running == null) {
            neverBegun();
        } else {
            running.interrupt();
            changes.happened();
        }
        return null;
    }

    private String over() {
        return "the experiment is over: " + phase;
    }

    synchronized List<ApiJson.Step> steps() {
        return List.copyOf(steps.values());
    }

    synchronized List<String> places() {
        return places.stream().map(Place::toString).toList();
    }

    synchronized @Nullable Place lastPlace() {
        return lastPlace;
    }

    /** Why there is no port to look at. */
    synchronized String whyNoPort() {
        return plan instanceof Plan.Cells
                ? "each cell has a port of its own, for a moment"
                : phase.isOver() ? "the experiment ended before it had a port" : "the experiment has not begun";
    }

    synchronized RecordLog records() {
        // Before the experiment begins, all records in the file belong to others.
        return phase == Phase.Pending
                ? new RecordLog(file.toPath(), 0, () -> 0)
                : new RecordLog(file.toPath(), from, () -> end);
    }

    private Phase phase() {
        return phase == Phase.Running && held && underWay == 0 ? Phase.Paused : phase;
    }

    private @Nullable Asked asked() {
        if (phase.isOver()) {
            return null;
        }
        return aborted ? Asked.abort : held && phase() != Phase.Paused ? Asked.pause : null;
    }

    synchronized ApiJson.Overview overview() {
        return new ApiJson.Overview(
                LiveRun.NAMESPACE,
                name(),
                uid,
                plan.experiment().spec().description(),
                phase(),
                asked(),
                phase.isOver() ? totals.verdict(plan.planned(), phase) : null,
                mode(),
                lastPlace == null ? null : lastPlace.toString(),
                plan.planned(),
                ApiJson.Counts.of(totals),
                reuse,
                lastCycle,
                null,
                startedAt,
                completedAt);
    }

    private String mode() {
        return switch (plan) {
            case Plan.Cells _ -> "bare";
            case Plan.Cycles cycles ->
                cycles.pattern().stream()
                        .map(PlannedCycle::mode)
                        .map(Mode::name)
                        .distinct()
                        .collect(Collectors.joining(", "));
        };
    }

    synchronized ApiJson.Detail detail() {
        return new ApiJson.Detail(
                overview(),
                sourced.source().text(),
                sourced.source().file(),
                plan instanceof Plan.Cells ? "cells" : "cycles",
                plan instanceof Plan.Cycles cycles ? cycles.parallel() : 1,
                plan instanceof Plan.Cycles cycles && cycles.length() instanceof Plan.Length.For(var duration)
                        ? (double) duration.toMillis()
                        : null,
                places(),
                steps(),
                null);
    }

    synchronized Run run(Machine machine) {
        Instant now = Instant.now();
        return new Run(
                startedAt == null ? now : startedAt,
                completedAt == null ? now : completedAt,
                phase == Phase.Aborted || phase == Phase.Error,
                List.of(subject()),
                machine);
    }

    /** The facts for the report that the records do not have. */
    synchronized Run.Subject subject() {
        return new Run.Subject(
                name(),
                plan.experiment().spec().description(),
                sourced.source().file(),
                sourced.source().text(),
                plan.planned(),
                phase(),
                CommandTarget.of(plan.experiment().spec()));
    }
}
