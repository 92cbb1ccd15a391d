package dev.rebind.operator.run;

import dev.rebind.experiment.clients.TargetProtocol;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Counts;
import dev.rebind.operator.run.StatusStore.LostException;
import dev.rebind.operator.workload.Restoration;
import dev.rebind.operator.workload.StartDelay;
import dev.rebind.operator.workload.TargetPod;
import dev.rebind.operator.workload.TargetSession;
import dev.rebind.operator.workload.TargetSessions;
import dev.rebind.plan.Plan;
import dev.rebind.record.Phase;
import dev.rebind.record.Verdict;
import dev.rebind.report.Amounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the progress of a run to the resource's status and to events. For the run's thread, except {@link #delayed} and
 * {@link #slowAttempt}.
 */
final class RunStatus {
    private static final Logger LOG = LoggerFactory.getLogger(RunStatus.class);

    private final ExperimentKey key;
    private final Plan.Cycles plan;
    private final StatusStore statuses;
    private final ExperimentMetricsUpdater metrics;
    private final EventPublisher events;
    private final ToggleInStatus toggle;
    /** What new containers wait for, by the pods that they are to replace. */
    private final Map<String, StartDelay> delays = new TreeMap<>();
    /** The result of giving the target back for the last time; null if this run has not held it yet. */
    private @Nullable Restoration restoration;

    RunStatus(
            ExperimentRun.Accepted accepted,
            StatusStore statuses,
            ExperimentRun.Observers observers,
            ToggleInStatus toggle) {
        this.key = accepted.key();
        this.plan = accepted.plan();
        this.statuses = statuses;
        this.metrics = observers.metrics();
        this.events = observers.events();
        this.toggle = toggle;
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

    /** @param would what the experiment would do */
    void rehearsed(List<TargetPod> targets, String would) throws LostException, InterruptedException {
        statuses.write(becomes().rehearsed(generation(), text(targets), mode(), would));
        events.normal("DryRun", would);
    }

    /** A pod is not held any more; what is left is run on others. */
    void lost(String why) throws LostException, InterruptedException {
        events.warning("TargetLost", why);
        statuses.write(becomes().lost(why));
    }

    void restoring() throws LostException, InterruptedException {
        statuses.write(becomes().restoring());
    }

    /**
     * A new container does not start, or starts after all. While a run's cycles have threads of their own, the run's thread waits
     * for them and writes nothing, and of those threads one writes at a time. A delay that cannot be written now is not waited
     * for, since the thread has a port to look at. Its end is, so that no delay stays in the status.
     */
    synchronized void delayed(TargetPod pod, @Nullable StartDelay delay) {
        if (delay == null) {
            delays.remove(pod.pod());
        } else {
            events.warning(delay.reason(), delay.message());
            delays.put(pod.pod(), delay);
        }
        try {
            ExperimentStatus now = becomes().delayed(delays.values());
            if (now.equals(statuses.status())) {
                return;
            }
            if (delay == null) {
                statuses.write(now);
            } else if (!statuses.writeOnce(now)) {
                LOG.warn("{}: what {} waits for could not be written: {}", key, pod, delay);
            }
        } catch (LostException e) {
            // The next write of the run finds the same and ends it.
            LOG.debug("{}: {}", key, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The run takes a target again, so the result of giving the last one back no longer matters. */
    void heldAnew() {
        restoration = null;
    }

    void givenBack(Restoration outcome) {
        restoration = outcome;
    }

    /**
     * Publishes an event if the server did not listen while the target was given back, or does not listen now.
     *
     * @param waited how long the run waited for the server; if it did not wait, a server that does not listen yet is no news
     */
    void tell(Restoration outcome, Duration waited) {
        switch (outcome) {
            case Restoration.Listening(Duration without) -> without(without);
            case Restoration.AtNextStart(Duration without) -> without(without);
            case Restoration.NotListening(String why) -> {
                if (!waited.isZero()) {
                    events.warning("NotListening", why);
                }
            }
            case Restoration.Failed(String why) -> events.warning("NotRestored", why);
        }
    }

    private void without(Duration server) {
        if (!server.isZero()) {
            metrics.restored(key, server);
        }
    }

    /** The run waits for its target and touches nothing. */
    void notTaken(String reason, String message) throws LostException, InterruptedException {
        ExperimentStatus waiting = becomes().notTaken(reason, message);
        if (!waiting.equals(statuses.status())) {
            statuses.write(waiting);
            events.warning(reason, message);
        }
    }

    /**
     * The present attempt to take the target has not ended yet. For a thread that {@link SlowAcquisition} keeps apart from the
     * run's. A status that cannot be written now is not waited for: the attempt may end meanwhile.
     */
    void slowAttempt() {
        String message = "the target's agents or the API server have not answered within "
                + SlowAcquisition.LONG.toSeconds() + " s and are still waited for";
        try {
            if (statuses.writeOnce(becomes().notTaken("TargetNotReady", message))) {
                events.warning("TargetNotReady", message);
            }
        } catch (LostException e) {
            // The next write of the run finds the same and ends it.
            LOG.debug("{}: {}", key, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Describes one target in full; of several targets, their workload, pods and nodes. */
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

    void running(TargetSessions sessions) throws LostException, InterruptedException {
        List<TargetPod> targets =
                sessions.all().stream().map(TargetSession::target).toList();
        String target = text(targets);
        TargetProtocol spoken = targets.getFirst().spoken();
        events.about(targets.getFirst());
        statuses.write(becomes().running(generation(), target, mode(), spoken));
        events.normal("Running", "restarting " + target + (spoken == null ? "" : "; " + spoken));
    }

    void paused() throws LostException, InterruptedException {
        statuses.write(becomes().paused(restoration));
        restoration = null;
        events.normal("Paused", "the target has its own server again; spec.suspend: false continues the experiment");
    }

    /** @param why more details for people; may be empty */
    void over(Phase phase, String why) throws LostException, InterruptedException {
        if (statuses.status().phase().isOver()) {
            return;
        }
        toggle.giveBack();
        Counts counts = statuses.status().cycles();
        Verdict verdict = statuses.status().verdict(plan.planned(), phase);
        boolean passed = verdict == Verdict.Pass;
        String summary = Amounts.count(counts.done(), "cycle", "cycles") + ": " + counts.bound() + " bound, "
                + counts.failed() + " failed, verdict " + verdict + (why.isEmpty() ? "" : "; " + why);
        statuses.write(becomes().over(phase, verdict, restoration, summary));
        if (passed) {
            events.normal(phase.name(), summary);
        } else {
            events.warning(phase.name(), summary);
        }
    }

    void broken(String reason, String message) throws LostException, InterruptedException {
        toggle.giveBack();
        Verdict verdict = statuses.status().verdict(plan.planned(), Phase.Error);
        statuses.write(becomes().broken(verdict, restoration, reason, message));
        events.warning(reason, message);
    }
}
