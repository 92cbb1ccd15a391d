package dev.rebind.operator.live;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.agent.PortView;
import dev.rebind.live.Experiments.Look;
import dev.rebind.live.Experiments.One;
import dev.rebind.live.RecordLog;
import dev.rebind.live.SharedLook;
import dev.rebind.live.SocketList;
import dev.rebind.live.Views;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.Statuses;
import dev.rebind.operator.run.RunProgress;
import dev.rebind.operator.workload.TargetSession;
import dev.rebind.record.Phase;
import dev.rebind.report.Machine;
import dev.rebind.report.Run;
import dev.rebind.sockets.release.ReleasePredictor;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An experiment as its resource describes it, with its present step if its run is here. */
final class ClusterExperiment implements One {
    /** The first of these conditions that is not true explains why the experiment waits or cannot continue. */
    private static final Set<String> TELLING = Set.of("Accepted", "TargetReady", "Running");

    private final Seen seen;
    private final RecordLog records;
    private final @Nullable RunProgress progress;
    private final SharedLook<String> looks;
    private final Machine machine;

    /** Values derived from a version of the resource. */
    record Seen(RebindExperiment resource, Views.Overview overview, Spec spec, List<Views.Condition> conditions) {
        static Seen of(RebindExperiment resource) {
            Spec spec = Spec.of(resource);
            ExperimentStatus status = ExperimentStatus.NEW;
            String wrong = null;
            try {
                status = Statuses.of(resource);
            } catch (IllegalStateException e) {
                wrong = e.getMessage();
            }
            return new Seen(
                    resource,
                    ClusterExperiment.overview(
                            resource, spec, status, wrong == null ? ClusterExperiment.message(status) : wrong),
                    spec,
                    status.conditions().stream()
                            .map(condition -> new Views.Condition(
                                    condition.type(),
                                    condition.status().name(),
                                    condition.reason(),
                                    condition.message(),
                                    condition.lastTransitionTime()))
                            .toList());
        }

        String version() {
            return resource.getMetadata().getResourceVersion();
        }
    }

    /** @param progress null if no run of it is here */
    ClusterExperiment(
            Seen seen, RecordLog records, @Nullable RunProgress progress, SharedLook<String> looks, Machine machine) {
        this.seen = seen;
        this.records = records;
        this.progress = progress;
        this.looks = looks;
        this.machine = machine;
    }

    private static Views.Overview overview(
            RebindExperiment resource, Spec spec, ExperimentStatus status, @Nullable String message) {
        Phase phase = status.phase();
        return new Views.Overview(
                resource.getMetadata().getNamespace(),
                resource.getMetadata().getName(),
                resource.getMetadata().getUid(),
                spec.description(),
                phase,
                asked(resource.getSpec(), phase),
                status.verdict(),
                status.mode(),
                status.target(),
                spec.planned(),
                Views.Counts.of(status.cycles().totals()),
                status.reuse(),
                status.lastCycle(),
                message,
                instant(status.startedAt()),
                instant(status.completedAt()));
    }

    private static Views.@Nullable Asked asked(@Nullable JsonNode spec, Phase phase) {
        if (spec == null || phase.isOver()) {
            return null;
        }
        if (spec.path("terminate").asBoolean()) {
            return Views.Asked.abort;
        }
        return spec.path("suspend").asBoolean() && phase != Phase.Paused ? Views.Asked.pause : null;
    }

    /** Why it waits or could not continue; null if neither. */
    private static @Nullable String message(ExperimentStatus status) {
        if (status.phase() != Phase.Pending && status.phase() != Phase.Error) {
            return null;
        }
        return status.conditions().stream()
                .filter(condition ->
                        TELLING.contains(condition.type()) && condition.status() == ExperimentStatus.Truth.False)
                .map(ExperimentStatus.Condition::message)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Instant instant(@Nullable String time) {
        try {
            return time == null ? null : Instant.parse(time);
        } catch (DateTimeException _) {
            // Somebody else wrote the status: not known.
            return null;
        }
    }

    @Override
    public Views.Overview overview() {
        return seen.overview();
    }

    @Override
    public Views.Detail detail() {
        TargetSession session = ground();
        return new Views.Detail(
                overview(),
                seen.spec().yaml(),
                null,
                "cycles",
                1,
                seen.spec().durationMs(),
                session == null ? List.of() : List.of(session.place().toString()),
                steps(),
                seen.conditions());
    }

    private @Nullable TargetSession ground() {
        return progress == null ? null : progress.ground();
    }

    @Override
    public List<Views.Step> steps() {
        return progress == null ? List.of() : progress.steps();
    }

    @Override
    public RecordLog records() {
        return records;
    }

    @Override
    public Look look() {
        TargetSession session = ground();
        if (session == null) {
            return new Look.Nothing("no target is held by this experiment now: it is "
                    + overview().phase()
                    + (overview().message() == null ? "" : ", as " + overview().message()));
        }
        return looks.get(overview().uid(), () -> look(session));
    }

    private static Look look(TargetSession session) {
        PortView view = session.agent().look(session.place());
        // The other machine's kernel has a timer grid of its own, which is not known here.
        return new SocketList(ReleasePredictor.elsewhere())
                .of(
                        session.place().port(),
                        List.of(session.place().toString()),
                        view.local(),
                        view.remote(),
                        view.owners());
    }

    @Override
    public Run run() {
        Views.Overview overview = overview();
        Instant now = Instant.now();
        return new Run(
                overview.startedAt() == null ? now : overview.startedAt(),
                overview.completedAt() == null ? now : overview.completedAt(),
                overview.phase() == Phase.Aborted || overview.phase() == Phase.Error,
                List.of(new Run.Subject(
                        overview.name(),
                        overview.description(),
                        null,
                        seen.spec().yaml(),
                        overview.planned(),
                        overview.phase())),
                machine);
    }
}
