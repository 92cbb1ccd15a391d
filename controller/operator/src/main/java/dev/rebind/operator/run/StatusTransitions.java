package dev.rebind.operator.run;

import dev.rebind.experiment.clients.TargetProtocol;
import dev.rebind.operator.resource.Conditions;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Condition;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.workload.Restoration;
import dev.rebind.operator.workload.StartDelay;
import dev.rebind.record.Phase;
import dev.rebind.record.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Changes an experiment's status at each step of its run. Each step sets all conditions that it affects, so that no
 * outdated condition remains beside a new one. Pure.
 */
final class StatusTransitions {
    /** Limits the delays in one message, because a condition's message may have 32,768 characters at most. */
    private static final int MOST_DELAYS = 10;

    private static final String CYCLES = "cycles run";
    private static final String RESTORING = "the controller waits until the target's own server listens";

    private final ExperimentStatus status;
    private final Instant now;

    StatusTransitions(ExperimentStatus status, Instant now) {
        this.status = status;
        this.now = now;
    }

    private StatusEdit edit() {
        return new StatusEdit(status, now);
    }

    /** A controller has claimed the experiment and looks for its target. */
    ExperimentStatus accepted(@Nullable Long generation, String controller, String mode) {
        return edit().about(generation, controller, null, mode).done();
    }

    /** The target cannot be taken now. */
    ExperimentStatus notTaken(String reason, String message) {
        StatusEdit edit = edit().condition("Accepted", Truth.False, reason, message)
                .condition("TargetReady", Truth.False, reason, message)
                .condition("Running", Truth.False, reason, message)
                .condition("Paused", Truth.False, reason, "the experiment is not paused");
        if (status.startedAt() == null) {
            edit.phase(Phase.Pending);
            untouched(edit);
        } else {
            // The experiment may have been paused.
            edit.phase(Phase.Running);
            leftAlone(edit, reason);
        }
        return edit.done();
    }

    /**
     * The experiment holds the target from now on.
     *
     * @param spoken the protocol of the clients if it was found at the target; null if the experiment names it
     */
    ExperimentStatus running(@Nullable Long generation, String target, String mode, @Nullable TargetProtocol spoken) {
        return edit().about(generation, status.controller(), target, mode)
                .started()
                .phase(Phase.Running)
                .condition("Accepted", Truth.True, "Accepted", "the experiment can run")
                .condition("TargetReady", Truth.True, "Held", target + " is held by this experiment")
                .condition("Running", Truth.True, "Running", spoken == null ? CYCLES : CYCLES + "; " + spoken)
                .condition("Paused", Truth.False, "Running", "the experiment is not paused")
                .condition("Restored", Truth.False, "Held", "the target is held by this experiment")
                .done();
    }

    /** No more cycles run on this target for now, and the target is being given back. */
    ExperimentStatus restoring() {
        return edit().condition("Running", Truth.False, "Restoring", "no cycle runs; the target is being given back")
                .condition("Restored", Truth.False, "Restoring", RESTORING)
                .done();
    }

    /**
     * New containers do not start, or start again after a delay.
     *
     * @param delays what new containers wait for; the message names the first {@value #MOST_DELAYS}
     */
    ExperimentStatus delayed(Collection<StartDelay> delays) {
        String more = delays.stream()
                .limit(MOST_DELAYS)
                .map(delay -> "; a new container does not start: " + delay)
                .collect(Collectors.joining());
        boolean restoring = Conditions.of(status.conditions(), "Restored")
                .map(Condition::reason)
                .filter("Restoring"::equals)
                .isPresent();
        return restoring
                ? edit().condition("Restored", Truth.False, "Restoring", RESTORING + more)
                        .done()
                : Conditions.of(status.conditions(), "Running")
                        .filter(running -> running.status() == Truth.True)
                        .map(_ -> edit().condition("Running", Truth.True, "Running", CYCLES + more)
                                .done())
                        .orElse(status);
    }

    /** The experiment no longer holds one or all of its pods. */
    ExperimentStatus lost(String why) {
        StatusEdit edit = edit().condition("TargetReady", Truth.False, "TargetLost", why)
                .condition("Running", Truth.False, "TargetLost", why)
                .condition("Paused", Truth.False, "TargetLost", "the experiment is not paused");
        leftAlone(edit, "TargetLost");
        return edit.done();
    }

    /**
     * The experiment is paused.
     *
     * @param restoration how the target was given back; null if it was not held
     */
    ExperimentStatus paused(@Nullable Restoration restoration) {
        StatusEdit edit = edit().phase(Phase.Paused)
                .condition("Running", Truth.False, "Suspended", "spec.suspend is true")
                .condition("Paused", Truth.True, "Suspended", "spec.suspend is true")
                .condition("TargetReady", Truth.False, "Suspended", "no target is held while spec.suspend is true");
        restored(edit, restoration, "Suspended");
        return edit.done();
    }

    /**
     * The experiment is over.
     *
     * @param restoration how the target was given back; null if it was not held since the last pause
     */
    ExperimentStatus over(Phase phase, @Nullable Verdict verdict, @Nullable Restoration restoration, String summary) {
        StatusEdit edit = ended(phase, verdict, phase.name(), "no more cycles run");
        boolean passed = verdict == Verdict.Pass;
        restored(edit, restoration, phase.name());
        return edit.condition("Passed", passed ? Truth.True : Truth.False, String.valueOf(verdict), summary)
                .done();
    }

    /** The experiment cannot continue. */
    ExperimentStatus broken(
            @Nullable Verdict verdict, @Nullable Restoration restoration, String reason, String message) {
        StatusEdit edit = ended(Phase.Error, verdict, reason, message);
        restored(edit, restoration, reason);
        return edit.condition("Passed", Truth.False, "Error", message).done();
    }

    /**
     * The dry run is over.
     *
     * @param would what the experiment would do
     */
    ExperimentStatus rehearsed(@Nullable Long generation, String target, String mode, String would) {
        StatusEdit edit = ended(Phase.Completed, null, "DryRun", "spec.dryRun: nothing is touched")
                .about(generation, status.controller(), target, mode)
                .plan(would);
        untouched(edit);
        return edit.condition("Accepted", Truth.True, "DryRun", would)
                .condition("Passed", Truth.Unknown, "DryRun", "nothing was tested")
                .done();
    }

    private StatusEdit ended(Phase phase, @Nullable Verdict verdict, String reason, String message) {
        return edit().over(phase, verdict)
                .condition("Running", Truth.False, reason, message)
                .condition("Paused", Truth.False, reason, "the experiment is not paused")
                .condition("TargetReady", Truth.False, reason, "no target is held");
    }

    private void restored(StatusEdit edit, @Nullable Restoration restoration, String reason) {
        if (status.toggled() != null) {
            edit.condition(
                    "Restored",
                    Truth.False,
                    "ToggleNotRestored",
                    "the toggle's key does not have its former value, which is in status.toggled");
            return;
        }
        switch (restoration) {
            case null -> {
                if (status.startedAt() == null) {
                    untouched(edit);
                } else {
                    leftAlone(edit, reason);
                }
            }
            case Restoration.Listening(Duration without) ->
                edit.condition(
                                "Restored",
                                Truth.True,
                                "Restored",
                                "the target has its own server again" + after(without))
                        .restoring(without);
            case Restoration.AtNextStart(Duration without) ->
                edit.condition(
                                "Restored",
                                Truth.True,
                                "AtNextStart",
                                "the toggle's key has its former value, and the target's server listens; its container"
                                        + " reads the value when it is started next" + after(without))
                        .restoring(without);
            case Restoration.NotListening(String why) -> edit.condition("Restored", Truth.False, "NotListening", why);
            case Restoration.Failed(String why) -> edit.condition("Restored", Truth.False, "NotRestored", why);
        }
    }

    private static String after(Duration without) {
        return without.isZero()
                ? ""
                : String.format(Locale.ROOT, "; it listened after %.1f s", without.toMillis() / 1e3);
    }

    private static void untouched(StatusEdit edit) {
        edit.condition("Restored", Truth.True, "Untouched", "the target was not touched");
    }

    /**
     * Keeps the {@code Restored} condition of a target that the run gave back earlier. If the run held the target until
     * now, the condition becomes {@code Unknown}, because the controller does not know whether the target's server
     * runs.
     */
    private void leftAlone(StatusEdit edit, String reason) {
        boolean held = Conditions.of(status.conditions(), "Restored")
                .map(Condition::reason)
                .filter(before -> !before.equals("Held") && !before.equals("Restoring"))
                .isEmpty();
        if (held) {
            edit.condition(
                    "Restored",
                    Truth.Unknown,
                    reason,
                    "the agent gives the target back by itself, two minutes after it last heard of this experiment");
        }
    }
}
