package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.operator.resource.Conditions;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Condition;
import dev.rebind.operator.resource.ExperimentStatus.Toggled;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.workload.Restoration;
import dev.rebind.operator.workload.StartDelay;
import dev.rebind.record.Phase;
import dev.rebind.record.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StatusTransitionsTest {
    /** More steps than there are kinds of them lead to nothing new. */
    private static final int STEPS = 5;

    private static final Restoration LISTENING = new Restoration.Listening(Duration.ofMillis(61_600));
    private static final Restoration LATER = new Restoration.AtNextStart(Duration.ZERO);
    private static final Restoration SILENT = new Restoration.NotListening("it was not seen to listen");
    private static final Restoration FAILED = new Restoration.Failed("pods/exec is forbidden");

    private static final Map<String, UnaryOperator<ExperimentStatus>> STEPS_BY_NAME = steps();

    private static StatusTransitions of(ExperimentStatus status) {
        return new StatusTransitions(status, Instant.EPOCH);
    }

    @Test
    @DisplayName("When an experiment waits for its target, then its mode is known already")
    void modeWhilePending() {
        ExperimentStatus waiting = of(of(ExperimentStatus.NEW).accepted(1L, "rebind-controller-0", "process"))
                .notTaken("NoTarget", "there is none");

        assertThat(waiting.phase()).isEqualTo(Phase.Pending);
        assertThat(waiting.mode()).isEqualTo("process");
        assertThat(waiting.target()).isNull();
    }

    private static Map<String, UnaryOperator<ExperimentStatus>> steps() {
        var steps = new LinkedHashMap<String, UnaryOperator<ExperimentStatus>>();
        steps.put("not taken", status -> of(status).notTaken("SeveralTargets", "there are two"));
        steps.put("running", status -> of(status).running(1L, "Deployment/web", "container", null));
        steps.put("toggled", status -> toggled(status, new Toggled("settings", "reuse", "its own")));
        steps.put("given back", status -> toggled(status, null));
        steps.put("restoring", status -> of(status).restoring());
        steps.put("lost", status -> of(status).lost("its agent was taken"));
        steps.put("paused", status -> of(status).paused(LISTENING));
        steps.put("paused, at next start", status -> of(status).paused(LATER));
        steps.put("paused, not held", status -> of(status).paused(null));
        steps.put("completed", status -> of(status).over(Phase.Completed, Verdict.Pass, LISTENING, "2 cycles"));
        steps.put("completed, silent", status -> of(status).over(Phase.Completed, Verdict.Fail, SILENT, "2 cycles"));
        steps.put("aborted, not held", status -> of(status).over(Phase.Aborted, Verdict.Inconclusive, null, "none"));
        steps.put("broken", status -> of(status).broken(Verdict.Error, FAILED, "Unreachable", "it did not answer"));
        steps.put("given up", status -> of(status).broken(Verdict.Error, null, "NoTarget", "given up after 3 s"));
        steps.put("rehearsed", status -> of(status).rehearsed(1L, "Deployment/web", "container", "Would restart it."));
        return steps;
    }

    private static ExperimentStatus toggled(ExperimentStatus status, @Nullable Toggled toggled) {
        return new StatusEdit(status, Instant.EPOCH).toggled(toggled).done();
    }

    private static Truth truth(ExperimentStatus status, String type) {
        return Conditions.of(status.conditions(), type).map(Condition::status).orElse(Truth.Unknown);
    }

    private static boolean is(ExperimentStatus status, String type) {
        return truth(status, type) == Truth.True;
    }

    /** What a run does not do: it holds a target while it changes a toggle and while it gives back, and ends once. */
    private static boolean happens(ExperimentStatus status, String step) {
        boolean held = is(status, "TargetReady");
        return switch (step) {
            case "toggled", "restoring" -> held;
            case "lost" -> held;
            case "running", "not taken", "aborted, not held", "given up", "paused, not held" -> !held;
            case "rehearsed" -> status.startedAt() == null;
            case "paused", "paused, at next start", "completed", "completed, silent", "broken" -> held;
            case "given back" -> status.toggled() != null;
            default -> throw new AssertionError(step);
        };
    }

    @Test
    @DisplayName("When a run takes any way from its beginning to its end, then no condition contradicts another")
    void consistent() {
        walk(ExperimentStatus.NEW, new ArrayList<>());
    }

    private static void walk(ExperimentStatus status, List<String> way) {
        if (!way.isEmpty()) {
            check(status, String.join(", ", way));
        }
        if (way.size() == STEPS || status.phase().isOver()) {
            return;
        }
        STEPS_BY_NAME.forEach((name, step) -> {
            if (happens(status, name)) {
                way.add(name);
                walk(step.apply(status), way);
                way.removeLast();
            }
        });
    }

    private static void check(ExperimentStatus status, String way) {
        assertThat(status.conditions()).as(way).extracting(Condition::type).doesNotHaveDuplicates();
        if (is(status, "Running")) {
            assertThat(is(status, "TargetReady"))
                    .as("Running without a target: %s", way)
                    .isTrue();
            assertThat(status.phase()).as(way).isEqualTo(Phase.Running);
        }
        if (is(status, "TargetReady")) {
            assertThat(truth(status, "Accepted"))
                    .as("a target of what is refused: %s", way)
                    .isEqualTo(Truth.True);
            assertThat(truth(status, "Restored"))
                    .as("held and restored: %s", way)
                    .isEqualTo(Truth.False);
            assertThat(status.phase()).as(way).isEqualTo(Phase.Running);
        }
        assertThat(is(status, "Paused")).as("Paused: %s", way).isEqualTo(status.phase() == Phase.Paused);
        if (is(status, "Restored")) {
            assertThat(status.toggled())
                    .as("restored, and the key is not: %s", way)
                    .isNull();
        }
        if (status.phase().isOver()) {
            assertThat(status.completedAt()).as(way).isNotNull();
            for (String type : List.of("Running", "Paused", "TargetReady")) {
                assertThat(truth(status, type))
                        .as("%s at the end: %s", type, way)
                        .isEqualTo(Truth.False);
            }
            assertThat(Conditions.of(status.conditions(), "Passed")).as(way).isPresent();
            assertThat(Conditions.of(status.conditions(), "Restored").map(Condition::reason))
                    .as(way)
                    .isPresent()
                    .get()
                    .isNotIn("Held", "Restoring");
        }
    }

    @Test
    @DisplayName(
            "When the server listens again after the target was given back, then it is Restored, and the time is told")
    void restored() {
        ExperimentStatus over = of(of(ExperimentStatus.NEW).running(1L, "Deployment/web", "container", null))
                .over(Phase.Completed, Verdict.Pass, LISTENING, "2 cycles");
        assertThat(Conditions.of(over.conditions(), "Restored"))
                .map(Condition::message)
                .contains("the target has its own server again; it listened after 61.6 s");
        assertThat(over.restoringMs()).isEqualTo(61_600);
    }

    @Test
    @DisplayName("When the container has its own setting at its next start only, then the condition says so")
    void atNextStart() {
        ExperimentStatus over = of(of(ExperimentStatus.NEW).running(1L, "Deployment/web", "container", null))
                .over(Phase.Completed, Verdict.Pass, LATER, "2 cycles");
        assertThat(Conditions.of(over.conditions(), "Restored")).hasValueSatisfying(condition -> {
            assertThat(condition.status()).isEqualTo(Truth.True);
            assertThat(condition.reason()).isEqualTo("AtNextStart");
            assertThat(condition.message()).contains("when it is started next");
        });
        assertThat(over.restoringMs()).isZero();
    }

    @Test
    @DisplayName("When the server was not seen to listen again, then it is not Restored, whatever the verdict is")
    void silent() {
        ExperimentStatus over = of(of(ExperimentStatus.NEW).running(1L, "Deployment/web", "container", null))
                .over(Phase.Completed, Verdict.Pass, SILENT, "2 cycles");
        assertThat(truth(over, "Restored")).isEqualTo(Truth.False);
        assertThat(truth(over, "Passed")).isEqualTo(Truth.True);
        assertThat(over.restoringMs()).isNull();
    }

    @Test
    @DisplayName("When it was paused twice, then the times without a server are added")
    void added() {
        ExperimentStatus once = of(of(ExperimentStatus.NEW).running(1L, "Deployment/web", "container", null))
                .paused(LISTENING);
        ExperimentStatus twice =
                of(of(once).running(1L, "Deployment/web", "container", null)).paused(LISTENING);
        assertThat(Objects.requireNonNull(twice.restoringMs())).isEqualTo(123_200);
    }

    @Test
    @DisplayName(
            "When new containers of several pods do not start, then the condition of the present step says so of each")
    void delayed() {
        List<StartDelay> delays = List.of(
                new StartDelay("Unschedulable", "no free ports", null),
                new StartDelay("FailedCreate", "a quota", null));
        String told = "; a new container does not start: Unschedulable: no free ports"
                + "; a new container does not start: FailedCreate: a quota";
        ExperimentStatus running = of(ExperimentStatus.NEW).running(1L, "target", "rollout", null);
        ExperimentStatus delayed = of(running).delayed(delays);
        assertThat(message(delayed, "Running")).isEqualTo("cycles run" + told);
        assertThat(is(delayed, "Running")).isTrue();
        assertThat(of(delayed).delayed(List.of())).isEqualTo(running);

        ExperimentStatus restoring = of(running).restoring();
        delayed = of(restoring).delayed(delays);
        assertThat(message(delayed, "Restored")).endsWith("own server listens" + told);
        assertThat(of(delayed).delayed(List.of())).isEqualTo(restoring);
        assertThat(of(ExperimentStatus.NEW).delayed(delays))
                .as("while no cycle runs")
                .isEqualTo(ExperimentStatus.NEW);
    }

    private static String message(ExperimentStatus status, String type) {
        return Conditions.of(status.conditions(), type).map(Condition::message).orElseThrow();
    }
}
