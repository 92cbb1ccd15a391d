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
 * Writes the progress of a run to the resource's status and to events. Only the run's thread calls it, except for
 * {@link #delayed} and {@link #slowAttempt}.
 */
final class RunStatus {
    private static final Logger LOG = LoggerFactory.getLogger(RunStatus.class);

    private final ExperimentKey key;
    private final Plan.Cycles plan;
    private final StatusStore statuses;
    private final ExperimentMetricsUpdater metrics;
    private final EventPublisher events;
    private final ToggleInStatus toggle;
    /** What new containers wait for, by the name of the pod that each of them replaces. */
    private final Map<String, StartDelay> delays = new TreeMap<>();
    /**
     * The result of the last time that the run gave its target back; null if it has not done so since it last took the
     * target.
     */
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

    /**
     * Reports the result of a dry run.
     *
     * @param would what the experiment would do
     */
    void rehearsed(List<TargetPod> targets, String would) throws LostException, InterruptedException {
        statuses.write(becomes().rehearsed(generation(), text(targets), mode(), would));
        events.normal("DryRun", would);
    }

    /** The run no longer holds a pod; the remaining cycles run on other pods. */
    void lost(String why) throws LostException, InterruptedException {
        events.warning("TargetLost", why);
        statuses.write(becomes().lost(why));
    }

    void restoring() throws LostException, InterruptedException {
        statuses.write(becomes().restoring());
    }

    /**
     * Reports that a new container does not start, or that it starts after all. The threads of the cycles call this,
     * one at a time; the run's thread waits for them meanwhile and writes nothing. If the API server does not answer, a
     * new delay is dropped from the status, because the calling thread must go on looking at the port. The end of a
     * delay is written until that succeeds, so that no delay stays in the status.
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
            // The next write of the run fails in the same way and ends the run.
            LOG.debug("{}: {}", key, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The run takes a target again, so it forgets how it gave the last one back. */
    void heldAnew() {
        restoration = null;
    }

    void givenBack(Restoration outcome) {
        restoration = outcome;
    }

    /**
     * Reports how the target was given back. Counts the time without a server in the metrics, and publishes a warning
     * if the server does not listen or the toggle was not restored.
     *
     * @param waited how long the run waited for the server; if zero, a server that does not listen yet gives no warning
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

    /** Reports that the run waits for its target and touches nothing meanwhile. */
    void notTaken(String reason, String message) throws LostException, InterruptedException {
        ExperimentStatus waiting = becomes().notTaken(reason, message);
        if (!waiting.equals(statuses.status())) {
            statuses.write(waiting);
            events.warning(reason, message);
        }
    }

    /**
     * Reports that the present attempt to take the target takes long. An alarm's thread calls this, and {@link
     * SlowAcquisition} ensures that the run's thread does not write at the same time. If the API server does not
     * answer, the write is not repeated, because the attempt may end meanwhile.
     */
    void slowAttempt() {
        String message = "the target's agents or the API server have not answered within "
                + SlowAcquisition.LONG.toSeconds() + " s and are still waited for";
        try {
            if (statuses.writeOnce(becomes().notTaken("TargetNotReady", message))) {
                events.warning("TargetNotReady", message);
            }
        } catch (LostException e) {
            // The next write of the run fails in the same way and ends the run.
            LOG.debug("{}: {}", key, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Describes the targets for people: a single target in full, several targets by their workload, pods, nodes,
     * network and port.
     */
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

    /**
     * Reports that the experiment is over, unless the status says so already.
     *
     * @param why a further detail for people; may be empty
     */
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
