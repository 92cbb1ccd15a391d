package dev.rebind.operator.run;

import dev.rebind.experiment.Experiment;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.run.StatusStore.LostException;
import dev.rebind.operator.run.TargetAcquisition.Attempt;
import dev.rebind.operator.workload.ApiOutage;
import dev.rebind.operator.workload.FailedCall;
import dev.rebind.operator.workload.LookupResult;
import dev.rebind.operator.workload.Restoration;
import dev.rebind.operator.workload.TargetPod;
import dev.rebind.operator.workload.TargetSessions;
import dev.rebind.plan.Plan;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.RecordingException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an accepted experiment from its present state to its end. The run blocks its thread. It first stores the record
 * of a cycle, and then counts the cycle in the status. A controller that dies between any two steps leaves one of two
 * things: a cycle without a record, which the next controller runs again, or a stored record that the status lacks,
 * which the next controller counts. So no cycle is lost, and none counts twice.
 *
 * <p>This class is longer than others, so that a reader finds the whole run in one place, from the first target to the
 * end.
 */
final class ExperimentRun {
    private static final Logger LOG = LoggerFactory.getLogger(ExperimentRun.class);
    private static final Duration LOOK_AT_ORDERS = Duration.ofSeconds(1);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(3);
    /**
     * The longest wait for a restored server. The kubelet's longest back-off is five minutes, and leftovers on the port
     * may take one more minute.
     */
    private static final Duration GIVING_BACK = Duration.ofMinutes(8);

    /** When an experiment continues, it skips this many generation numbers, which is more than one cycle uses. */
    private static final int SKIPPED = 10;

    private final ExperimentKey key;
    private final Experiment experiment;
    private final Plan.Cycles plan;
    private final TargetAcquisition acquisition;
    private final ToggleInStatus toggle;
    private final CycleCounter counter;
    private final StatusStore statuses;
    private final RecordStore records;
    private final RunControl control;
    private final EventPublisher events;
    private final RunProgress progress;
    private final RunStatus report;
    private final DelayedAction alarm;
    private final Holds holds;
    private final @Nullable Duration deadline;
    private final @Nullable Duration unavailable;

    /** An experiment that the rules accept, and its plan. */
    record Accepted(ExperimentKey key, Experiment experiment, Plan.Cycles plan) {}

    /** Access to the targets and to the settings of their containers. */
    record TargetAccess(TargetSource targets, Toggles toggles, Holds holds) {}

    /** The stores of a run: its status and its records. */
    record Stores(StatusStore statuses, RecordStore records) {}

    /** The observers of a run. */
    record Observers(ExperimentMetricsUpdater metrics, EventPublisher events, RunProgress progress) {}

    /** Why the cycles stopped. */
    private enum Halt {
        finished,
        suspended,
        terminated,
        /** The server was gone for longer than is allowed. */
        unavailable,
        /** No target was available in time; the status says so. */
        givenUp
    }

    ExperimentRun(
            Accepted accepted,
            TargetAccess access,
            Stores stores,
            Observers observers,
            RunControl control,
            DelayedAction alarm) {
        this.key = accepted.key();
        this.experiment = accepted.experiment();
        this.plan = accepted.plan();
        this.statuses = stores.statuses();
        this.records = stores.records();
        this.control = control;
        this.progress = observers.progress();
        this.events = observers.events();
        this.alarm = alarm;
        this.deadline = seconds(experiment.spec().startingDeadlineSeconds());
        this.unavailable = seconds(experiment.spec().maxUnavailableSeconds());
        this.holds = access.holds();
        this.counter = new CycleCounter(key, statuses, observers.metrics(), events, progress);
        this.toggle = new ToggleInStatus(key, statuses, access.toggles(), events);
        this.report = new RunStatus(accepted, statuses, observers, toggle);
        this.acquisition = new TargetAcquisition(
                access.targets(),
                () -> statuses.status().startedAt() != null,
                holds,
                plan.pattern().stream().anyMatch(cycle -> cycle.clients().connections() > 0),
                toggle);
    }

    private static @Nullable Duration seconds(@Nullable Integer number) {
        return number == null ? null : Duration.ofSeconds(number);
    }

    void run() throws InterruptedException, LostException {
        while (!hasEnded()) {
            Thread.sleep(TRY_AGAIN);
        }
    }

    /**
     * Runs the experiment and returns whether the run has ended. Returns false if the API server did not answer a call;
     * the next attempt then continues from the stored records and the status.
     */
    private boolean hasEnded() throws InterruptedException, LostException {
        try (RecordWriter writer = records.writer(key)) {
            counter.adopt(records.uncounted(key, CountedCycles.of(statuses.status())));
            if (Boolean.TRUE.equals(experiment.spec().dryRun())) {
                rehearse();
            } else {
                toTheEnd(writer);
            }
        } catch (RecordingException e) {
            LOG.error("{}: {}", key, e.what());
            report.broken(
                    "RecordsLost",
                    e.what() + "; records are on the controller's volume, controller.records of the chart");
        } catch (KubernetesClientException e) {
            if (ApiOutage.is(e)) {
                LOG.warn("{}: the API server does not answer, going on when it does: {}", key, FailedCall.why(e));
                return false;
            }
            LOG.error("{}: the API server refused", key, e);
            report.broken("Unreachable", "the API server refused or did not answer: " + FailedCall.why(e));
        } catch (RuntimeException e) {
            LOG.error("{}: an error in Rebind itself", key, e);
            report.broken("InternalError", "an error in Rebind itself: " + e);
        }
        return true;
    }

    private void toTheEnd(RecordWriter writer) throws RecordingException, InterruptedException, LostException {
        Halt halt = cycles(writer);
        while (halt == Halt.suspended) {
            report.paused();
            while (control.suspended() && !control.terminated()) {
                Thread.sleep(LOOK_AT_ORDERS);
            }
            halt = cycles(writer);
        }
        switch (halt) {
            case finished -> report.over(Phase.Completed, "");
            case terminated -> report.over(Phase.Aborted, "");
            case unavailable ->
                report.over(
                        Phase.Aborted,
                        "the server was gone for more than " + experiment.spec().maxUnavailableSeconds() + " s");
            case givenUp, suspended -> {}
        }
    }

    /** Reports what the experiment would do, without touching the target. */
    private void rehearse() throws InterruptedException, LostException {
        long began = System.nanoTime();
        while (!control.terminated()) {
            switch (acquisition.lookup()) {
                case LookupResult.Found found -> {
                    String would = DryRun.plan(experiment, plan, found.targets());
                    report.rehearsed(found.targets(), would);
                    return;
                }
                case LookupResult.Refused refused -> {
                    if (givenUp(began, refused.reason(), refused.message())) {
                        return;
                    }
                }
            }
            RetryPause.sleep(began, deadline, () -> halt() == Halt.finished);
        }
        report.over(Phase.Aborted, "");
    }

    /**
     * Runs the remaining cycles until something ends them. If the target is gone, they continue on another target of the
     * same name.
     */
    private Halt cycles(RecordWriter writer) throws RecordingException, InterruptedException, LostException {
        while (true) {
            TargetSessions sessions = taken();
            if (sessions == null) {
                return statuses.status().phase().isOver() ? Halt.givenUp : halt();
            }
            Stopped stopped = null;
            try {
                progress.on(sessions.all());
                report.running(sessions);
                stopped = cycles(sessions, writer);
            } finally {
                giveBack(sessions, stopped);
            }
            switch (stopped) {
                case Stopped.For(Halt halt) -> {
                    return halt;
                }
                case Stopped.Lost(String why) -> {
                    report.lost(why);
                }
            }
        }
    }

    /**
     * Gives the target back, whatever ended the cycles. The run also does this when its thread was interrupted, but
     * then it does not wait until the target's server listens.
     */
    private void giveBack(TargetSessions sessions, @Nullable Stopped stopped)
            throws InterruptedException, LostException {
        boolean interrupted = Thread.interrupted();
        progress.on(List.of());
        Duration atMost = Duration.ZERO;
        try {
            if (!interrupted && stopped instanceof Stopped.For) {
                report.restoring();
                atMost = GIVING_BACK;
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            Restoration restoration = sessions.giveBack(atMost);
            report.givenBack(restoration);
            interrupted = Thread.interrupted() || interrupted;
            sessions.close();
            report.tell(restoration, atMost);
            toggle.giveBack();
            holds.release();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns what the resource orders now; {@code finished} if there is no order. */
    private Halt halt() {
        return control.terminated() ? Halt.terminated : control.suspended() ? Halt.suspended : Halt.finished;
    }

    /** Takes the target as soon as that is possible. Returns null if an order or the deadline came first. */
    private @Nullable TargetSessions taken() throws InterruptedException, LostException {
        long began = System.nanoTime();
        report.heldAnew();
        while (halt() == Halt.finished) {
            switch (attempt()) {
                case Attempt.Taken(TargetSessions sessions) -> {
                    return sessions;
                }
                case Attempt.Refused(String reason, String message) -> {
                    if (givenUp(began, reason, message)) {
                        return null;
                    }
                }
            }
            RetryPause.sleep(began, deadline, () -> halt() == Halt.finished);
        }
        return null;
    }

    private Attempt attempt() throws InterruptedException {
        try (var _ = new SlowAcquisition(alarm, report::slowAttempt)) {
            return acquisition.attempt();
        }
    }

    /** Reports why the run still waits for its target; returns whether it has waited for too long. */
    private boolean givenUp(long began, String reason, String message) throws InterruptedException, LostException {
        Duration waited = Duration.ofNanos(System.nanoTime() - began);
        if (deadline != null && waited.compareTo(deadline) > 0) {
            report.broken(reason, message + "; given up after " + deadline.toSeconds() + " s");
            return true;
        }
        report.notTaken(reason, message);
        return false;
    }

    /** Why the run stops its cycles on these pods. */
    private sealed interface Stopped {
        record For(Halt halt) implements Stopped {}

        /** The run no longer holds a pod; the remaining cycles run on other pods. */
        record Lost(String why) implements Stopped {}
    }

    private Stopped cycles(TargetSessions sessions, RecordWriter writer)
            throws RecordingException, InterruptedException, LostException {
        ExperimentStatus before = statuses.status();
        TargetPod target = sessions.all().getFirst().target();
        Integer concurrency = experiment.spec().concurrency();
        // A cycle that left no record may have used some generation numbers.
        int generations = before.generations() == null ? 0 : before.generations() + SKIPPED;
        try (var runner = new MultiPodRunner(
                sessions.all(),
                target.agent() == null ? plan.ofUnknownServer(target.spoken()) : plan,
                CountedCycles.of(before),
                generations,
                new MultiPodRunner.Limits(
                        concurrency == null ? 1 : concurrency, unavailable, alarm, report::delayed))) {
            while (runner.hasNext() && !isTimeUp()) {
                if (halt() != Halt.finished) {
                    return new Stopped.For(halt());
                }
                MultiPodRunner.Ran ran = runner.next((cycle, step) -> {
                    LOG.debug("{} {}: {}", key, cycle, step);
                    progress.step(cycle, step);
                });
                counter.keep(ran.records(), runner.generations(), writer);
                switch (ran.after()) {
                    case MultiPodRunner.After.GoOn(Duration pause) -> runner.pause(pause);
                    case MultiPodRunner.After.Lost(String why) -> {
                        return new Stopped.Lost(why);
                    }
                    case MultiPodRunner.After.Overdue _ -> {
                        return new Stopped.For(Halt.unavailable);
                    }
                    case MultiPodRunner.After.Broken(RuntimeException cause) -> throw cause;
                }
            }
            return new Stopped.For(Halt.finished);
        }
    }

    private boolean isTimeUp() {
        String startedAt = statuses.status().startedAt();
        return switch (plan.length()) {
            case Plan.Length.Count _ -> false;
            case Plan.Length.For(Duration duration) ->
                startedAt != null
                        && !Instant.now().isBefore(Instant.parse(startedAt).plus(duration));
        };
    }
}
