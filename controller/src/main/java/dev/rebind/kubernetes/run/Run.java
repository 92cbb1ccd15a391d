package dev.rebind.kubernetes.run;

import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.wire.Messages.Holder;
import dev.rebind.agent.wire.Messages.Problem;
import dev.rebind.cycle.Series;
import dev.rebind.experiment.Experiment;
import dev.rebind.kubernetes.resource.ExperimentStatus;
import dev.rebind.kubernetes.resource.ExperimentStatus.Counts;
import dev.rebind.kubernetes.resource.ExperimentStatus.Phase;
import dev.rebind.kubernetes.resource.ExperimentStatus.Truth;
import dev.rebind.kubernetes.resource.StatusEdit;
import dev.rebind.kubernetes.run.StatusStore.LostException;
import dev.rebind.kubernetes.target.Cluster;
import dev.rebind.kubernetes.target.Ground;
import dev.rebind.kubernetes.target.Target;
import dev.rebind.kubernetes.target.Targets.Lookup;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecord.Verdict;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.RecordingException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an accepted experiment from where it is to its end. Blocks. A cycle counts once its record is in the status; the
 * record is in the store before. So a controller that dies between any two steps leaves either a cycle without a record,
 * which is run anew, or a record that the status lacks, which is counted when it is found: none is lost, none counts twice.
 */
final class Run {
    private static final Logger LOG = LoggerFactory.getLogger(Run.class);
    private static final Duration LOOK_AT_ORDERS = Duration.ofSeconds(1);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(3);
    /** Numbers of generations left out when an experiment goes on: more than one cycle uses. */
    private static final int SKIPPED = 10;

    private final Key key;
    private final Experiment experiment;
    private final Plan.Cycles plan;
    private final Supplier<Lookup> targets;
    private final Cluster cluster;
    private final Supplier<String> token;
    private final StatusStore statuses;
    private final RecordStore records;
    private final Orders orders;
    private final Notices notices;
    private final UnderWay underWay;
    private final @Nullable Duration deadline;

    /** What the resource asks for now; it may change at any moment. */
    interface Orders {
        boolean suspended();

        boolean terminated();
    }

    /** Tells people what happened. */
    interface Notices {
        void normal(String reason, String message);

        void warning(String reason, String message);
    }

    /** Why the cycles stopped. */
    private enum Halt {
        finished,
        suspended,
        terminated,
        /** There was no target in time; the status says so. */
        givenUp
    }

    Run(
            Key key,
            Experiment experiment,
            Plan.Cycles plan,
            Supplier<Lookup> targets,
            Cluster cluster,
            Supplier<String> token,
            StatusStore statuses,
            RecordStore records,
            Orders orders,
            Notices notices,
            UnderWay underWay) {
        this.key = key;
        this.experiment = experiment;
        this.plan = plan;
        this.targets = targets;
        this.cluster = cluster;
        this.token = token;
        this.statuses = statuses;
        this.records = records;
        this.orders = orders;
        this.notices = notices;
        this.underWay = underWay;
        Integer seconds = experiment.spec().startingDeadlineSeconds();
        this.deadline = seconds == null ? null : Duration.ofSeconds(seconds);
    }

    void run() throws InterruptedException, LostException {
        try (RecordWriter writer = records.writer(key)) {
            adopt();
            Halt halt = cycles(writer);
            while (halt == Halt.suspended) {
                paused();
                while (orders.suspended() && !orders.terminated()) {
                    Thread.sleep(LOOK_AT_ORDERS);
                }
                halt = cycles(writer);
            }
            switch (halt) {
                case finished -> over(Phase.Completed);
                case terminated -> over(Phase.Aborted);
                case givenUp, suspended -> {}
            }
        } catch (RecordingException e) {
            LOG.error("{}: {}", key, e.getMessage());
            broken("RecordsLost", String.valueOf(e.getMessage()));
        }
    }

    /** Takes in records that a controller before this one had stored and not counted. */
    private void adopt() throws RecordingException, LostException, InterruptedException {
        int counted = statuses.status().cycles().done();
        for (CycleRecord record : records.records(key)) {
            if (record.cycle() > counted) {
                LOG.info("{}: cycle {} was recorded and not counted; counting it", key, record.cycle());
                count(
                        record,
                        statuses.status().generations() == null
                                ? 0
                                : statuses.status().generations());
                counted = record.cycle();
            }
        }
    }

    /** Runs what is left of them, on another target of the same name where the first is gone, until something ends it. */
    private Halt cycles(RecordWriter writer) throws RecordingException, InterruptedException, LostException {
        while (true) {
            Ground ground = taken();
            if (ground == null) {
                return statuses.status().phase().isOver() ? Halt.givenUp : halt();
            }
            try {
                underWay.on(ground);
                running(ground.target());
                return cycles(ground, writer);
            } catch (AgentLost e) {
                notices.warning("TargetLost", String.valueOf(e.getMessage()));
                waiting("TargetReady", "TargetLost", String.valueOf(e.getMessage()));
            } finally {
                // An order to end this at once does not keep the target from being given back.
                boolean interrupted = Thread.interrupted();
                underWay.on(null);
                ground.close();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** What the orders lead to; finished when they ask for nothing. */
    private Halt halt() {
        return orders.terminated() ? Halt.terminated : orders.suspended() ? Halt.suspended : Halt.finished;
    }

    /** The target, held by this experiment, as soon as that can be; null when an order or the deadline came first. */
    private @Nullable Ground taken() throws InterruptedException, LostException {
        long began = System.nanoTime();
        var holder = new Holder(key.namespace(), key.name(), key.uid());
        boolean wantsClients =
                plan.pattern().stream().anyMatch(cycle -> cycle.clients().connections() > 0);
        while (halt() == Halt.finished) {
            Refusal refusal;
            switch (lookup()) {
                case Lookup.Refused refused -> refusal = new Refusal(refused.reason(), refused.message());
                case Lookup.Found(Target target) -> {
                    if (wantsClients && target.clients() == null) {
                        refusal = new Refusal(
                                "NoClients",
                                "no client pod of the chart is ready, and the experiment wants clients; install some"
                                        + " (clients.enabled), or write spec.clients.connections: 0");
                    } else {
                        try {
                            return Ground.take(
                                    target, cluster, plan.pattern().getFirst().mode(), holder, token, wantsClients);
                        } catch (AgentException e) {
                            refusal = refusal(e);
                        }
                    }
                }
            }
            Duration waited = Duration.ofNanos(System.nanoTime() - began);
            if (deadline != null && waited.compareTo(deadline) > 0) {
                broken(refusal.reason(), refusal.message() + "; given up after " + deadline.toSeconds() + " s");
                return null;
            }
            waiting("Accepted", refusal.reason(), refusal.message());
            Thread.sleep(TRY_AGAIN);
        }
        return null;
    }

    private record Refusal(String reason, String message) {}

    private static Refusal refusal(AgentException e) {
        Problem problem = e.problem();
        return problem != null && problem.holder() != null
                ? new Refusal("TargetHeld", "the target is held by experiment " + problem.holder())
                : new Refusal("TargetNotReady", String.valueOf(e.getMessage()));
    }

    private Lookup lookup() {
        try {
            return targets.get();
        } catch (KubernetesClientException e) {
            return new Lookup.Refused("Unreachable", "the API server did not answer: " + e.getMessage(), true);
        }
    }

    private Halt cycles(Ground ground, RecordWriter writer)
            throws RecordingException, InterruptedException, LostException, AgentLost {
        ExperimentStatus before = statuses.status();
        Iterator<PlannedCycle> cycles = plan.copy(0);
        for (int done = 0; done < before.cycles().done() && cycles.hasNext(); done++) {
            cycles.next();
        }
        // A cycle that was not recorded may have used some numbers.
        int generations = before.generations() == null ? 0 : before.generations() + SKIPPED;
        try (var series = new Series(
                ground.agent(), ground::clients, ground, experiment.metadata().name(), ground.place(), generations)) {
            while (cycles.hasNext() && !isTimeUp()) {
                if (halt() != Halt.finished) {
                    return halt();
                }
                PlannedCycle cycle = cycles.next();
                CycleRecord record = series.run(cycle, step -> {
                    LOG.debug("{} {}: {}", key, cycle.number(), step);
                    underWay.step(cycle.number(), step);
                });
                String lost = ground.lost();
                if (lost != null) {
                    throw new AgentLost(lost);
                }
                writer.write(record);
                underWay.between();
                count(record, series.generations());
                notice(record);
                Thread.sleep(cycle.interval());
            }
            return Halt.finished;
        }
    }

    /** The agent ended, or was taken by another: what it said of the cycle is not to be trusted. */
    private static final class AgentLost extends Exception {
        private static final long serialVersionUID = 1;

        AgentLost(String why) {
            super(why);
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

    private void count(CycleRecord record, int generations) throws LostException, InterruptedException {
        ExperimentStatus status = statuses.status();
        Counts counts = Tally.add(status.cycles(), record);
        statuses.write(edit().cycle(
                        counts,
                        onOff(record.reuse().old()) + "→" + onOff(record.reuse().fresh()),
                        firstSentence(record.explanation()),
                        generations,
                        Tally.last(status.records(), record))
                .done());
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }

    private static String firstSentence(String text) {
        int end = text.indexOf(". ");
        return end < 0 ? text : text.substring(0, end + 1);
    }

    private void notice(CycleRecord record) {
        if (record.outcome() == CycleRecord.Outcome.failed) {
            notices.warning(
                    "BindFailed",
                    "cause " + record.cause() + " with SO_REUSEADDR "
                            + onOff(record.reuse().old()) + "→"
                            + onOff(record.reuse().fresh()));
        }
    }

    private StatusEdit edit() {
        return new StatusEdit(statuses.status(), Instant.now());
    }

    /** Nothing is touched while it waits. */
    private void waiting(String type, String reason, String message) throws LostException, InterruptedException {
        StatusEdit edit =
                edit().condition(type, Truth.False, reason, message).condition("Running", Truth.False, reason, message);
        if (statuses.status().startedAt() == null) {
            edit.phase(Phase.Pending);
        }
        if (!edit.done().equals(statuses.status())) {
            statuses.write(edit.done());
            notices.warning(reason, message);
        }
    }

    private void running(Target target) throws LostException, InterruptedException {
        statuses.write(edit().about(
                        statuses.resource().getMetadata().getGeneration(),
                        statuses.status().controller(),
                        target.toString(),
                        plan.pattern().getFirst().mode().name())
                .started()
                .phase(Phase.Running)
                .condition("Accepted", Truth.True, "Accepted", "it can be run")
                .condition("TargetReady", Truth.True, "Held", target + " is held by this experiment")
                .condition("Running", Truth.True, "Running", "cycles are being run")
                .condition("Paused", Truth.False, "Running", "it is not paused")
                .condition("Restored", Truth.False, "Held", "the target is held by this experiment")
                .done());
        notices.normal("Running", "restarting " + target);
    }

    private void paused() throws LostException, InterruptedException {
        statuses.write(edit().phase(Phase.Paused)
                .condition("Running", Truth.False, "Suspended", "spec.suspend is true")
                .condition("Paused", Truth.True, "Suspended", "spec.suspend is true")
                .condition("TargetReady", Truth.False, "Restored", "the target was given back")
                .condition("Restored", Truth.True, "Restored", "the target has its own server again")
                .done());
        notices.normal("Paused", "the target has its own server again; spec.suspend: false goes on");
    }

    private void over(Phase phase) throws LostException, InterruptedException {
        if (statuses.status().phase().isOver()) {
            return;
        }
        Counts counts = statuses.status().cycles();
        Verdict verdict = phase == Phase.Completed ? Tally.verdict(counts) : aborted(counts);
        boolean passed = verdict == Verdict.Pass;
        String summary = counts.done() + " cycles: " + counts.bound() + " bound, " + counts.failed()
                + " failed, verdict " + verdict;
        statuses.write(edit().over(phase, verdict)
                .condition("Running", Truth.False, phase.name(), "no more cycles are run")
                .condition("Paused", Truth.False, phase.name(), "it is not paused")
                .condition("TargetReady", Truth.False, "Restored", "the target was given back")
                .condition("Restored", Truth.True, "Restored", "the target has its own server again")
                .condition("Passed", passed ? Truth.True : Truth.False, verdict.name(), summary)
                .done());
        if (passed) {
            notices.normal(phase.name(), summary);
        } else {
            notices.warning(phase.name(), summary);
        }
    }

    /** An experiment that was ended before its time has not passed, though nothing of it may have failed. */
    private static Verdict aborted(Counts counts) {
        Verdict soFar = Tally.verdict(counts);
        return soFar == Verdict.Pass || counts.done() == 0 ? Verdict.Inconclusive : soFar;
    }

    private void broken(String reason, String message) throws LostException, InterruptedException {
        statuses.write(edit().over(Phase.Error, Verdict.Error)
                .condition("TargetReady", Truth.False, reason, message)
                .condition("Running", Truth.False, reason, message)
                .condition(
                        "Restored",
                        Truth.Unknown,
                        reason,
                        "the agent gives the target back by itself, two minutes after it last heard of this experiment")
                .condition("Passed", Truth.False, "Error", message)
                .done());
        notices.warning(reason, message);
    }
}
