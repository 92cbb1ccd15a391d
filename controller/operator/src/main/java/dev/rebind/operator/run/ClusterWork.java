package dev.rebind.operator.run;

import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.Sourced;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.ResourceDocument;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.operator.run.StatusStore.LostException;
import dev.rebind.operator.workload.ClientHosts;
import dev.rebind.operator.workload.ClusterPodControl;
import dev.rebind.operator.workload.TargetLookup;
import dev.rebind.plan.Plan;
import dev.rebind.record.Phase;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.function.Supplier;

/** Claims experiments and runs them on the workloads of a cluster. Safe for several threads. */
final class ClusterWork implements ExperimentWork {
    private final KubernetesClient client;
    private final TargetLookup targets;
    private final RecordStore records;
    private final ExperimentMetricsUpdater observed;
    private final Supplier<String> token;
    private final String controller;
    private final ToggleJournal toggles;
    private final WorkloadHolds workloads;

    /** The parameters are those of {@link ExperimentRunManager}. */
    ClusterWork(
            KubernetesClient client,
            RecordStore records,
            ExperimentMetricsUpdater observed,
            Supplier<String> token,
            String controller,
            ToggleJournal toggles,
            ClientHosts hosts) {
        this.client = client;
        this.targets = new TargetLookup(client, hosts);
        this.records = records;
        this.observed = observed;
        this.token = token;
        this.controller = controller;
        this.toggles = toggles;
        this.workloads = new WorkloadHolds(
                namespace -> client.resources(RebindExperiment.class)
                        .inNamespace(namespace)
                        .list()
                        .getItems(),
                targets::workloadOfChart);
    }

    @Override
    public Phase run(
            RebindExperiment resource, Sourced sourced, Plan.Cycles plan, RunProgress progress, RunControl orders)
            throws InterruptedException, LostException {
        ExperimentKey key = ExperimentKey.of(resource);
        Experiment experiment = sourced.experiment();
        var statuses = new StatusStore(ExperimentApi.of(client), resource, controller, observed);
        try (var events = new KubernetesEvents(client, resource, controller)) {
            String mode = plan.pattern().getFirst().mode().name();
            ResourceDocument.warning(sourced.source()).ifPresent(warning -> events.warning("Deprecated", warning));
            statuses.write(new StatusTransitions(StatusJson.of(resource), Instant.now())
                    .accepted(resource.getMetadata().getGeneration(), controller, mode));
            new ExperimentRun(
                            new ExperimentRun.Accepted(key, experiment, plan),
                            new ExperimentRun.TargetAccess(
                                    new ClusterTargets(
                                            key,
                                            experiment.spec(),
                                            plan.pattern().getFirst().mode(),
                                            targets,
                                            new ClusterPodControl(client, targets, experiment.spec()),
                                            token),
                                    new ClusterToggles(client, key, toggles),
                                    workloads.of(resource)),
                            new ExperimentRun.Stores(statuses, records),
                            new ExperimentRun.Observers(observed, events, progress),
                            orders,
                            DelayedAction.CLOCK)
                    .run();
        }
        return statuses.status().phase();
    }
}
