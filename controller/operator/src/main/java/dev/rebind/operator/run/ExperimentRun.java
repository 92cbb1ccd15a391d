package dev.rebind.operator.run;

import dev.rebind.experiment.Experiment;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Counts;
import dev.rebind.operator.run.StatusStore.LostException;
import dev.rebind.operator.run.TargetAcquisition.Attempt;
import dev.rebind.operator.workload.ApiOutage;
import dev.rebind.operator.workload.Restoration;
import dev.rebind.operator.workload.TargetLookup.Lookup;
import dev.rebind.operator.workload.TargetPod;
import dev.rebind.operator.workload.TargetSession;
import dev.rebind.operator.workload.TargetSessions;
import dev.rebind.plan.Plan;
import dev.rebind.record.CycleRecord.Verdict;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.RecordingException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an accepted experiment from where it is to its end. Blocks. A cycle counts once its record is in the status; the
 * record is in the store before. So a controller that dies between any two steps leaves either a cycle without a record,
 * which is run anew, or a record that the status lacks, which is counted when it is found: none is lost, none counts twice.
 *
 * <p>It is longer than others, as the whole way from the claim to the end is to be read in one place.
 */
final class ExperimentRun {
    private static final Logger LOG = LoggerFactory.getLogger(ExperimentRun.class);
    private static final Duration LOOK_AT_ORDERS = Duration.ofSeconds(1);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(3);
    /** The kubelet's longest back-off is five minutes, and what is left on a port may take one more. */
    private static final Duration GIVING_BACK = Duration.ofMinutes(8);

    /** Numbers of generations left out when an experiment goes on: more than one cycle uses. */
    private static final int SKIPPED = 10;

    private final ExperimentKey key;
    private final Experiment experiment;
    private final Plan.Cycles plan;
    private final TargetAcquisition acquisition;
    private final ToggleInStatus toggle;
    private final CycleCounter counter;
    private final StatusStore statuses;
    private final RecordStore records;
    private final ExperimentMetricsUpdater observed;
    private final RunControl control;
    private final EventPublisher events;
    private final RunProgress progress;
    private final Alarm alarm;
    private final Holds holds;
    private final @Nullable Duration deadline;
    private final @Nullable Duration unavailable;
    /** What came of giving the target back the last time; null: it was not held here since the experiment began or went on. */
    private @Nullable Restoration restoration;

    /** What the resource asks for now; it may change at any moment. */
    interface RunControl {
        boolean suspended();

        boolean terminated();
    }

    /** Tells people what happened. */
    interface EventPublisher {
        void normal(String reason, String message);

        void warning(String reason, String message);

        /** From now on the target is told too. */
        void about(TargetPod target);
    }

    /** Which workloads that have no agent to hold them are held, and by which experiment. */
    interface Holds {
        /** Null: it is this experiment's now; else whose it is. */
        @Nullable
        String take(TargetPod target);

        void release();
    }

    /** Why the cycles stopped. */
    private enum Halt {
        finished,
        suspended,
        terminated,
        /** The server was gone for longer than is allowed. */
        unavailable,
        /** There was no target in time; the status says so. */
        givenUp
    }

    ExperimentRun(
            ExperimentKey key,
            Experiment experiment,
            Plan.Cycles plan,
            TargetSource targets,
            Toggles toggles,
            StatusStore statuses,
            RecordStore records,
            ExperimentMetricsUpdater observed,
            RunControl control,
            EventPublisher events,
            Holds holds,
            RunProgress progress,
            Alarm alarm) {
        this.key = key;
        this.experiment = experiment;
        this.plan = plan;
        this.statuses = statuses;
        this.records = records;
        this.observed = observed;
        this.control = control;
        this.events = events;
        this.progress = progress;
        this.alarm = alarm;
        Integer seconds = experiment.spec().startingDeadlineSeconds();
        this.deadline = seconds == null ? null : Duration.ofSeconds(seconds);
        this.holds = holds;
        this.counter = new CycleCounter(key, statuses, observed, events, progress);
        this.toggle = new ToggleInStatus(key, statuses, toggles, events);
        this.acquisition = new TargetAcquisition(
                targets,
                () -> statuses.status().startedAt() != null,
                holds,
                plan.pattern().stream().anyMatch(cycle -> cycle.clients().connections() > 0),
                toggle);
        Integer gone = experiment.spec().maxUnavailableSeconds();
        this.unavailable = gone == null ? null : Duration.ofSeconds(gone);
    }

    void run() throws InterruptedException, LostException {
        while (!hasEnded()) {
            Thread.sleep(TRY_AGAIN);
        }
    }

    /** False when the API server did not answer where nobody waited for it: the run goes on from what is stored. */
    private boolean hasEnded() throws InterruptedException, LostException {
        try (RecordWriter writer = records.writer(key)) {
            counter.adopt(records.records(key));
            if (Boolean.TRUE.equals(experiment.spec().dryRun())) {
                rehearse();
            } else {
                toTheEnd(writer);
            }
        } catch (RecordingException e) {
            LOG.error("{}: {}", key, e.what());
            broken(
                    "RecordsLost",
                    e.what() + "; records are on the controller's volume, controller.records of the chart");
        } catch (KubernetesClientException e) {
            if (ApiOutage.is(e)) {
                LOG.warn("{}: the API server does not answer, going on when it does: {}", key, e.getMessage());
                return false;
            }
            LOG.error("{}: the API server refused", key, e);
            broken("Unreachable", "the API server refused or did not answer: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{}: an error in Rebind itself", key, e);
            broken("InternalError", "an error in Rebind itself: " + e);
        }
        return true;
    }

    private void toTheEnd(RecordWriter writer) throws RecordingException, InterruptedException, LostException {
        Halt halt = cycles(writer);
        while (halt == Halt.suspended) {
            paused();
            while (control.suspended() && !control.terminated()) {
                Thread.sleep(LOOK_AT_ORDERS);
            }
            halt = cycles(writer);
        }
        switch (halt) {
            case finished -> over(Phase.Completed, "");
            case terminated -> over(Phase.Aborted, "");
            case unavailable ->
                over(
                        Phase.Aborted,
                        "the server was gone for more than " + experiment.spec().maxUnavailableSeconds() + " s");
            case givenUp, suspended -> {}
        }
    }

    /** Says what would be done, and touches nothing. */
    private void rehearse() throws InterruptedException, LostException {
        long began = System.nanoTime();
        while (!control.terminated()) {
            switch (acquisition.lookup()) {
                case Lookup.Found found -> {
                    String would = DryRun.plan(experiment, plan, found.targets());
                    statuses.write(becomes().rehearsed(generation(), text(found.targets()), mode(), would));
                    events.normal("DryRun", would);
                    return;
                }
                case Lookup.Refused refused -> {
                    if (givenUp(began, refused.reason(), refused.message())) {
                        return;
                    }
                }
            }
            Thread.sleep(TRY_AGAIN);
        }
        over(Phase.Aborted, "");
    }

    /** Runs what is left of them, on another target of the same name where the first is gone, until something ends it. */
    private Halt cycles(RecordWriter writer) throws RecordingException, InterruptedException, LostException {
        while (true) {
            TargetSessions sessions = taken();
            if (sessions == null) {
                return statuses.status().phase().isOver() ? Halt.givenUp : halt();
            }
            Stopped stopped = null;
            try {
                progress.on(sessions.all().getFirst());
                running(sessions);
                stopped = cycles(sessions, writer);
            } finally {
                giveBack(sessions, stopped);
            }
            switch (stopped) {
                case Stopped.For(Halt halt) -> {
                    return halt;
                }
                case Stopped.Lost(String why) -> {
                    events.warning("TargetLost", why);
                    statuses.write(becomes().lost(why));
                }
            }
        }
    }

    /**
     * Gives the target back, whatever ended the cycles. An order to end this at once does not keep that from being done, but
     * nobody waits then until the target's server listens.
     */
    private void giveBack(TargetSessions sessions, @Nullable Stopped stopped)
            throws InterruptedException, LostException {
        boolean interrupted = Thread.interrupted();
        progress.on(null);
        Duration atMost = Duration.ZERO;
        try {
            if (!interrupted && stopped instanceof Stopped.For) {
                statuses.write(becomes().restoring());
                atMost = GIVING_BACK;
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            restoration = sessions.giveBack(atMost);
            interrupted = Thread.interrupted() || interrupted;
            sessions.close();
            told(restoration, atMost);
            toggle.giveBack();
            holds.release();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * How the target was given back, where that took the server away or left it away.
     *
     * @param waited how long for its server; where nobody waited, that it does not listen yet is no news
     */
    private void told(Restoration outcome, Duration waited) {
        switch (outcome) {
            case Restoration.Listening(Duration without) -> {
                if (!without.isZero()) {
                    observed.restored(key, without);
                }
            }
            case Restoration.NotListening(String why) -> {
                if (!waited.isZero()) {
                    events.warning("NotListening", why);
                }
            }
            case Restoration.Failed(String why) -> events.warning("NotRestored", why);
        }
    }

    /** What the orders lead to; finished when they ask for nothing. */
    private Halt halt() {
        return control.terminated() ? Halt.terminated : control.suspended() ? Halt.suspended : Halt.finished;
    }

    /** The target, held by this experiment, as soon as that can be; null when an order or the deadline came first. */
    private @Nullable TargetSessions taken() throws InterruptedException, LostException {
        long began = System.nanoTime();
        restoration = null;
        while (halt() == Halt.finished) {
            switch (acquisition.attempt()) {
                case Attempt.Taken(TargetSessions sessions) -> {
                    return sessions;
                }
                case Attempt.Refused(String reason, String message) -> {
                    if (givenUp(began, reason, message)) {
                        return null;
                    }
                }
            }
            Thread.sleep(TRY_AGAIN);
        }
        return null;
    }

    /** Says why nothing is done yet, and whether it has been so for too long. */
    private boolean givenUp(long began, String reason, String message) throws InterruptedException, LostException {
        Duration waited = Duration.ofNanos(System.nanoTime() - began);
        if (deadline != null && waited.compareTo(deadline) > 0) {
            broken(reason, message + "; given up after " + deadline.toSeconds() + " s");
            return true;
        }
        notTaken(reason, message);
        return false;
    }

    /** Why no more cycles are run on these pods. */
    private sealed interface Stopped {
        record For(Halt halt) implements Stopped {}

        /** A pod is not held any more; what is left is run on others. */
        record Lost(String why) implements Stopped {}
    }

    private Stopped cycles(TargetSessions sessions, RecordWriter writer)
            throws RecordingException, InterruptedException, LostException {
        ExperimentStatus before = statuses.status();
        boolean foreign = sessions.all().getFirst().target().agent() == null;
        Integer concurrency = experiment.spec().concurrency();
        // A cycle that was not recorded may have used some numbers.
        int generations = before.generations() == null ? 0 : before.generations() + SKIPPED;
        try (var runner = new MultiPodRunner(
                sessions.all(),
                foreign ? plan.ofUnknownServer() : plan,
                Counted.of(before),
                generations,
                new MultiPodRunner.Limits(concurrency == null ? 1 : concurrency, unavailable, alarm))) {
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

    private StatusTransitions becomes() {
        return new StatusTransitions(statuses.status(), Instant.now());
    }

    private @Nullable Long generation() {
        return statuses.resource().getMetadata().getGeneration();
    }

    private String mode() {
        return plan.pattern().getFirst().mode().name();
    }

    /** Nothing is touched while it waits. */
    private void notTaken(String reason, String message) throws LostException, InterruptedException {
        ExperimentStatus waiting = becomes().notTaken(reason, message);
        if (!waiting.equals(statuses.status())) {
            statuses.write(waiting);
            events.warning(reason, message);
        }
    }

    /** One in full; of several their workload, pods and nodes. */
    static String text(List<TargetPod> targets) {
        TargetPod first = targets.getFirst();
        return targets.size() == 1
                ? first.toString()
                : first.workload() + " ("
                        + targets.stream()
                                .map(one -> "pod " + one.pod() + (one.node() == null ? "" : " on " + one.node()))
                                .collect(Collectors.joining(", "))
                        + ", " + first.network() + ", port " + first.port() + ")";
    }

    private void running(TargetSessions sessions) throws LostException, InterruptedException {
        List<TargetPod> targets =
                sessions.all().stream().map(TargetSession::target).toList();
        String target = text(targets);
        events.about(targets.getFirst());
        statuses.write(becomes().running(generation(), target, mode()));
        events.normal("Running", "restarting " + target);
    }

    private void paused() throws LostException, InterruptedException {
        statuses.write(becomes().paused(restoration));
        restoration = null;
        events.normal("Paused", "the target has its own server again; spec.suspend: false goes on");
    }

    /** @param why more of it for people; may be empty */
    private void over(Phase phase, String why) throws LostException, InterruptedException {
        if (statuses.status().phase().isOver()) {
            return;
        }
        toggle.giveBack();
        Counts counts = statuses.status().cycles();
        Verdict verdict = statuses.status().verdict(plan.planned(), phase);
        boolean passed = verdict == Verdict.Pass;
        String summary = counts.done() + " cycles: " + counts.bound() + " bound, " + counts.failed()
                + " failed, verdict " + verdict + (why.isEmpty() ? "" : "; " + why);
        statuses.write(becomes().over(phase, verdict, restoration, summary));
        if (passed) {
            events.normal(phase.name(), summary);
        } else {
            events.warning(phase.name(), summary);
        }
    }

    private void broken(String reason, String message) throws LostException, InterruptedException {
        toggle.giveBack();
        Verdict verdict = statuses.status().verdict(plan.planned(), Phase.Error);
        statuses.write(becomes().broken(verdict, restoration, reason, message));
        events.warning(reason, message);
    }
}
