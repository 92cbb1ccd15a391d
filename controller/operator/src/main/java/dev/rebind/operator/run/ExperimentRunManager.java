package dev.rebind.operator.run;

import dev.rebind.experiment.Experiment;
import dev.rebind.live.ChangeSignal;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.resource.Statuses;
import dev.rebind.operator.run.StatusStore.LostException;
import dev.rebind.operator.workload.Cluster;
import dev.rebind.operator.workload.TargetLookup;
import dev.rebind.plan.Plan;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The experiments that this controller runs now, each on a thread of its own. Safe for several threads. */
public final class ExperimentRunManager implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExperimentRunManager.class);

    private final KubernetesClient client;
    private final TargetLookup targets;
    private final RecordStore records;
    private final ExperimentMetricsUpdater observed;
    private final Supplier<String> token;
    private final String controller;
    private volatile boolean closed;
    private final ConcurrentHashMap<String, Active> active = new ConcurrentHashMap<>();
    private final ChangeSignal changes = new ChangeSignal();
    private final WorkloadHolds workloads;

    /** Those that are over, by uid: whoever shows an older state of one must not have it run again. */
    private final Set<String> over = ConcurrentHashMap.newKeySet();

    /** A run and what is asked of it. */
    private static final class Active implements ExperimentRun.RunControl {
        private final RunProgress progress;
        private volatile boolean suspended;
        private volatile boolean terminated;
        private volatile Thread thread = Thread.currentThread();

        private Active(RunProgress progress) {
            this.progress = progress;
        }

        @Override
        public boolean suspended() {
            return suspended;
        }

        @Override
        public boolean terminated() {
            return terminated;
        }
    }

    /**
     * @param token shown to agents; read for each request
     * @param controller name of this process, as statuses have it
     */
    public ExperimentRunManager(
            KubernetesClient client,
            RecordStore records,
            ExperimentMetricsUpdater observed,
            Supplier<String> token,
            String controller) {
        this.client = client;
        this.targets = new TargetLookup(client);
        this.records = records;
        this.workloads = new WorkloadHolds(
                namespace -> client.resources(RebindExperiment.class)
                        .inNamespace(namespace)
                        .list()
                        .getItems(),
                targets::workloadOfChart);
        this.observed = observed;
        this.token = token;
        this.controller = controller;
    }

    public String controller() {
        return controller;
    }

    /** It was deleted: its series in /metrics go. */
    public void gone(RebindExperiment resource) {
        observed.gone(resource);
    }

    /** Has the experiment run, and tells it what is asked for now. */
    public void ensure(RebindExperiment resource, Experiment experiment, Plan.Cycles plan) {
        if (closed) {
            return;
        }
        @Nullable
        Active one = active.compute(resource.getMetadata().getUid(), (uid, running) -> {
            if (running != null || over.contains(uid)) {
                return running;
            }
            var fresh = new Active(new RunProgress(changes));
            fresh.thread = Thread.ofVirtual()
                    .name("experiment-" + resource.getMetadata().getName())
                    .unstarted(() -> run(resource, experiment, plan, fresh));
            return fresh;
        });
        if (one == null) {
            return;
        }
        one.suspended = experiment.spec().suspended();
        one.terminated = experiment.spec().terminated();
        if (one.thread.getState() == Thread.State.NEW) {
            one.thread.start();
        }
    }

    private void run(RebindExperiment resource, Experiment experiment, Plan.Cycles plan, Active orders) {
        ExperimentKey key = ExperimentKey.of(resource);
        var statuses = new StatusStore(ExperimentApi.of(client), resource, controller, observed);
        try (var events = new Events(client, resource, controller)) {
            statuses.write(new StatusEdit(Statuses.of(resource), Instant.now())
                    .about(resource.getMetadata().getGeneration(), controller, null, null)
                    .done());
            new ExperimentRun(
                            key,
                            experiment,
                            plan,
                            new ClusterTargets(
                                    key,
                                    experiment.spec(),
                                    plan.pattern().getFirst().mode(),
                                    targets,
                                    new Cluster(client, experiment.spec()),
                                    token),
                            statuses,
                            records,
                            observed,
                            orders,
                            events,
                            workloads.of(resource),
                            orders.progress,
                            Alarm.CLOCK)
                    .run();
            if (statuses.status().phase().isOver()) {
                over.add(key.uid());
            }
        } catch (InterruptedException e) {
            LOG.info("{}: ended; the target was given back", key);
        } catch (LostException e) {
            LOG.info("{}: {}; ended here", key, e.getMessage());
        } finally {
            active.remove(key.uid());
        }
    }

    /**
     * Gives a toggle's key its former value, where an experiment that does not run any more has changed it.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when it cannot be given
     */
    public void giveBack(RebindExperiment resource) {
        ExperimentStatus.Toggled before = Statuses.of(resource).toggled();
        if (before != null) {
            Cluster.set(
                    client, resource.getMetadata().getNamespace(), before.configMap(), before.key(), before.value());
        }
    }

    /** The resource as it is now; null where it has gone. */
    public @Nullable RebindExperiment now(RebindExperiment resource) {
        RebindExperiment found = client.resources(RebindExperiment.class)
                .inNamespace(resource.getMetadata().getNamespace())
                .withName(resource.getMetadata().getName())
                .get();
        return found == null
                        || !found.getMetadata()
                                .getUid()
                                .equals(resource.getMetadata().getUid())
                ? null
                : found;
    }

    /**
     * Ends a run and waits until its target was given back.
     *
     * @return whether that was so in time, or there was none
     */
    public boolean end(String uid, Duration atMost) throws InterruptedException {
        Active one = active.get(uid);
        if (one == null) {
            return true;
        }
        one.thread.interrupt();
        return one.thread.join(atMost);
    }

    /** What its run does now; null where none goes on here. */
    public @Nullable RunProgress underWay(String uid) {
        Active one = active.get(uid);
        return one == null ? null : one.progress;
    }

    /** Is told of each step and record. */
    public ChangeSignal changes() {
        return changes;
    }

    /** Whether it runs here. */
    public boolean isRunning(String uid) {
        return active.containsKey(uid);
    }

    @Override
    public void close() {
        endAll();
    }

    /** Ends all of them, and begins no others: their targets are given back, and another controller goes on with them. */
    public void endAll() {
        closed = true;
        active.values().forEach(one -> one.thread.interrupt());
        for (Active one : active.values()) {
            try {
                if (!one.thread.join(Duration.ofSeconds(20))) {
                    LOG.warn("An experiment did not end in time; its agent gives the target back by itself");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
