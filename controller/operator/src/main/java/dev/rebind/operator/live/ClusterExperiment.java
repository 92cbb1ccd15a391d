package dev.rebind.operator.live;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.live.ApiJson;
import dev.rebind.live.Experiments.Look;
import dev.rebind.live.Experiments.One;
import dev.rebind.live.Experiments.Why;
import dev.rebind.live.RecordLog;
import dev.rebind.live.SharedLooks;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.operator.run.RunProgress;
import dev.rebind.operator.workload.TargetSession;
import dev.rebind.record.Phase;
import dev.rebind.report.Machine;
import dev.rebind.report.Run;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An experiment for the live page: the content of its resource, and its present steps if this controller runs it. */
final class ClusterExperiment implements One {
    /** The conditions whose messages explain why the experiment waits or cannot continue. The first one that is False counts. */
    private static final Set<String> TELLING = Set.of("Accepted", "TargetReady", "Running");

    private final Seen seen;
    private final RecordLog records;
    private final @Nullable RunProgress progress;
    private final SharedLooks<String> looks;
    private final Machine machine;

    /** Values that are derived from one version of the resource. */
    record Seen(
            RebindExperiment resource,
            ApiJson.Overview overview,
            SpecDocument spec,
            List<ApiJson.Condition> conditions) {
        static Seen of(RebindExperiment resource) {
            SpecDocument spec = SpecDocument.of(resource);
            ExperimentStatus status = ExperimentStatus.NEW;
            String wrong = null;
            try {
                status = StatusJson.of(resource);
            } catch (IllegalStateException e) {
                wrong = e.getMessage();
            }
            return new Seen(
                    resource,
                    ClusterExperiment.overview(
                            resource, spec, status, wrong == null ? ClusterExperiment.message(status) : wrong),
                    spec,
                    status.conditions().stream()
                            .map(condition -> new ApiJson.Condition(
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

    /** @param progress the progress of the run; null if this controller does not run the experiment */
    ClusterExperiment(
            Seen seen, RecordLog records, @Nullable RunProgress progress, SharedLooks<String> looks, Machine machine) {
        this.seen = seen;
        this.records = records;
        this.progress = progress;
        this.looks = looks;
        this.machine = machine;
    }

    private static ApiJson.Overview overview(
            RebindExperiment resource, SpecDocument spec, ExperimentStatus status, @Nullable String message) {
        Phase phase = status.phase();
        return new ApiJson.Overview(
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
                ApiJson.Counts.of(status.totals()),
                status.reuse(),
                status.lastCycle(),
                message,
                instant(status.startedAt()),
                instant(status.completedAt()));
    }

    private static ApiJson.@Nullable Asked asked(@Nullable JsonNode spec, Phase phase) {
        if (spec == null || phase.isOver()) {
            return null;
        }
        if (spec.path("terminate").asBoolean()) {
            return ApiJson.Asked.abort;
        }
        return spec.path("suspend").asBoolean() && phase != Phase.Paused ? ApiJson.Asked.pause : null;
    }

    /** Returns why the experiment waits or cannot continue; null if neither is the case. */
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
            // Another program wrote this status, so the time is unknown.
            return null;
        }
    }

    @Override
    public ApiJson.Overview overview() {
        return seen.overview();
    }

    @Override
    public ApiJson.Detail detail() {
        return new ApiJson.Detail(
                overview(),
                seen.spec().yaml(),
                null,
                "cycles",
                1,
                seen.spec().durationMs(),
                PodSockets.places(targets()),
                steps(),
                seen.conditions());
    }

    private List<TargetSession> targets() {
        return progress == null ? List.of() : progress.targets();
    }

    @Override
    public List<ApiJson.Step> steps() {
        return progress == null ? List.of() : progress.steps();
    }

    @Override
    public RecordLog records() {
        return records;
    }

    @Override
    public String whereRecordsAre() {
        return "Records are kept on the controller's volume, which ends with the controller's pod unless"
                + " controller.records.persistence.enabled is set. The status has the counts and the last 20 records: "
                + "kubectl -n " + overview().namespace() + " get rbx "
                + overview().name()
                + " -o yaml. What is not there is lost: for a whole report set controller.records.persistence.enabled=true"
                + " and run the experiment again under another name.";
    }

    private String noTarget() {
        return "no target is held by this experiment now: it is " + overview().phase()
                + (overview().message() == null ? "" : ", as " + overview().message());
    }

    @Override
    public Why why() {
        List<TargetSession> targets = targets();
        return targets.isEmpty()
                ? new Why.Nothing(noTarget())
                : looks.why(overview().uid(), () -> PodSockets.why(targets));
    }

    @Override
    public Look look() {
        List<TargetSession> targets = targets();
        if (targets.isEmpty()) {
            return new Look.Nothing(noTarget());
        }
        return looks.sockets(overview().uid(), () -> PodSockets.of(targets));
    }

    @Override
    public Run run() {
        ApiJson.Overview overview = overview();
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
