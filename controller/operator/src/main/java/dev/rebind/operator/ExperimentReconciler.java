package dev.rebind.operator;

import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.experiment.rules.PlaceRules;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.ResourceDocument;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.operator.run.ExperimentMetricsUpdater;
import dev.rebind.operator.run.ExperimentRunManager;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import dev.rebind.record.Phase;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts or refuses experiments, starts the runs of the accepted ones, and deletes finished ones after their time to
 * live. Runs have their own threads, and the reconciler never waits for one. It sets no finalizer, so that nothing
 * stops the deletion of an experiment. The run of a deleted experiment, or the next controller, restores what the
 * experiment changed.
 */
@ControllerConfiguration(name = "rebindexperiment")
public final class ExperimentReconciler implements Reconciler<RebindExperiment> {
    private static final Logger LOG = LoggerFactory.getLogger(ExperimentReconciler.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

    private final KubernetesClient client;
    private final ExperimentRunManager runs;
    private final ExperimentMetricsUpdater observed;

    public ExperimentReconciler(KubernetesClient client, ExperimentRunManager runs, ExperimentMetricsUpdater observed) {
        this.client = client;
        this.runs = runs;
        this.observed = observed;
    }

    /** The plan of a resource's spec, or why there is none. */
    private sealed interface Read {
        record Planned(Sourced sourced, Plan.Cycles plan) implements Read {}

        record Wrong(String message) implements Read {}
    }

    @Override
    public UpdateControl<RebindExperiment> reconcile(RebindExperiment resource, Context<RebindExperiment> context) {
        observed.seen(resource);
        LegacyFinalizer.remove(client, resource);
        ExperimentStatus status = StatusJson.of(resource);
        if (status.phase().isOver()) {
            return over(resource, status);
        }
        return switch (read(resource, status.phase())) {
            case Read.Planned(Sourced sourced, Plan.Cycles plan) -> {
                runs.ensure(resource, sourced, plan);
                // The operator gets no event when only the status changes, so it looks again to see when the experiment
                // is over.
                yield UpdateControl.<RebindExperiment>noUpdate().rescheduleAfter(LOOK_AGAIN);
            }
            case Read.Wrong(String message) -> {
                LOG.info("{} is refused: {}", resource.getMetadata().getName(), message);
                resource.setStatus(StatusJson.write(new StatusEdit(status, Instant.now())
                        .about(resource.getMetadata().getGeneration(), runs.controller(), null, null)
                        .condition("Accepted", Truth.False, "Invalid", message)
                        .condition("Passed", Truth.False, "Invalid", message)
                        .over(Phase.Error, status.verdict(null, Phase.Error))
                        .done()));
                observed.status(resource);
                yield UpdateControl.patchStatus(resource);
            }
        };
    }

    private static int ttl(RebindExperiment resource) {
        return resource.getSpec() == null
                ? -1
                : resource.getSpec().path("ttlSecondsAfterFinished").asInt(-1);
    }

    private UpdateControl<RebindExperiment> over(RebindExperiment resource, ExperimentStatus status) {
        int ttl = ttl(resource);
        Duration left = ttl < 0 || status.completedAt() == null
                ? null
                : Duration.between(
                        Instant.now(), Instant.parse(status.completedAt()).plusSeconds(ttl));
        boolean expired = left != null && !left.isPositive();
        if (left == null) {
            return UpdateControl.noUpdate();
        }
        if (!expired) {
            return UpdateControl.<RebindExperiment>noUpdate().rescheduleAfter(left);
        }
        client.resource(resource).delete();
        return UpdateControl.noUpdate();
    }

    private static Read read(RebindExperiment resource, Phase phase) {
        return switch (ResourceDocument.read(resource, isAccepted(phase))) {
            case ExperimentFile.Read.Problems(List<Problem> problems) ->
                new Read.Wrong(ResourceDocument.text(problems));
            case ExperimentFile.Read.Experiments(List<Sourced> experiments) -> runnable(experiments.getFirst(), phase);
        };
    }

    private static boolean isAccepted(Phase phase) {
        return phase == Phase.Running || phase == Phase.Paused;
    }

    /**
     * Plans an experiment or refuses it. It never refuses an experiment that was accepted before, even if a newer
     * controller has more rules. After that, only the orders in the spec can change, and a paused experiment must still
     * obey an order to end.
     */
    private static Read runnable(Sourced sourced, Phase phase) {
        var findings = PlaceRules.cluster(sourced.experiment().spec());
        if (!isAccepted(phase) && !findings.isEmpty()) {
            return new Read.Wrong(findings.stream()
                    .map(finding -> finding.field() + ": " + finding.message())
                    .collect(Collectors.joining("; ")));
        }
        return switch (Planner.plan(sourced.experiment())) {
            case Plan.Cycles cycles -> new Read.Planned(sourced, cycles);
            case Plan.Cells _ -> new Read.Wrong("spec.cells: is for ./rebind run alone");
        };
    }
}
