package dev.rebind.operator.run;

import dev.rebind.experiment.Sourced;
import dev.rebind.live.ChangeSignal;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.run.StatusStore.LostException;
import dev.rebind.operator.workload.ClientHosts;
import dev.rebind.operator.workload.ClusterPodControl;
import dev.rebind.plan.Plan;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts and ends the runs of this controller's experiments, each on a thread of its own. Safe for several threads. */
public final class ExperimentRunManager implements AutoCloseable {
    /** If the API server refuses this controller's work on an experiment, the controller tries again after this time. */
    private static final Duration REFUSED = Duration.ofMinutes(5);

    /**
     * How long the controller waits for each run to give its target back, when all runs end. The process ends soon
     * after that. The agents then restore their servers by themselves when their leases expire.
     */
    private static final Duration ENDING = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(ExperimentRunManager.class);

    private final ExperimentWork work;
    private final ExperimentMetricsUpdater observed;
    private final String controller;
    private final Clock clock;
    private volatile boolean closed;
    private final ConcurrentHashMap<String, Active> active = new ConcurrentHashMap<>();
    private final ChangeSignal changes = new ChangeSignal();
    private final ToggleRecovery recovery;

    /**
     * The experiments that are over, by uid. A late watch event with an older state must not start such an experiment
     * again.
     */
    private final Set<String> over = ConcurrentHashMap.newKeySet();

    /**
     * When the API server last refused this controller's work on an experiment, by the experiment's uid, in {@link
     * Clock#nanos}.
     */
    private final ConcurrentHashMap<String, Long> refused = new ConcurrentHashMap<>();

    /** A run, and what the resource orders it to do. */
    private static final class Active implements RunControl {
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
     * Creates a manager that runs experiments on the workloads of a cluster.
     *
     * @param token authenticates this controller to agents; read again for each request, because it is short-lived
     * @param controller name under which this process claims experiments in their statuses
     * @param toggles the ConfigMap that keeps the values that toggles had before experiments changed them
     * @param hosts the hosts to which {@code spec.clients.via.url} may send clients
     */
    public ExperimentRunManager(
            KubernetesClient client,
            RecordStore records,
            ExperimentMetricsUpdater observed,
            Supplier<String> token,
            String controller,
            Toggled toggles,
            ClientHosts hosts) {
        var journal = new ConfigMapToggleJournal(client, toggles.namespace(), toggles.configMap());
        this(
                new ClusterWork(client, records, observed, token, controller, journal, hosts),
                journal,
                maps(client),
                ExperimentApi.of(client),
                observed,
                controller,
                new Clock(System::nanoTime, ENDING));
    }

    ExperimentRunManager(
            ExperimentWork work,
            ToggleJournal toggles,
            ToggleRecovery.Maps maps,
            ExperimentApi experiments,
            ExperimentMetricsUpdater observed,
            String controller,
            Clock clock) {
        this.work = work;
        this.observed = observed;
        this.controller = controller;
        this.clock = clock;
        this.recovery = new ToggleRecovery(toggles, maps, experiments, this::isRunning);
    }

    /**
     * The clock of a manager, and its patience. Tests replace both.
     *
     * @param nanos the present time, as {@link System#nanoTime()} gives it
     * @param ending how long to wait for each run when all runs end
     */
    record Clock(LongSupplier nanos, Duration ending) {}

    /** The ConfigMap that keeps the values that toggles had before experiments changed them. */
    public record Toggled(String namespace, String configMap) {}

    private static ToggleRecovery.Maps maps(KubernetesClient client) {
        return new ToggleRecovery.Maps() {
            @Override
            public @Nullable String uid(String namespace, String configMap) {
                return ClusterPodControl.configMapUid(client, namespace, configMap);
            }

            @Override
            public void set(String namespace, String configMap, String key, @Nullable String value) {
                ClusterPodControl.set(client, namespace, configMap, key, value);
            }
        };
    }

    /**
     * Restores the toggles of experiments that can no longer do it themselves. For one thread, and only for the leading
     * controller.
     */
    public void recoverToggles() {
        recovery.sweep();
    }

    public String controller() {
        return controller;
    }

    /**
     * Ends the run of a deleted experiment, and removes its series from /metrics. The run gives the target back; this
     * method does not wait for it.
     */
    public void gone(RebindExperiment resource) {
        Active one = active.get(resource.getMetadata().getUid());
        if (one != null) {
            one.thread.interrupt();
        }
        refused.remove(resource.getMetadata().getUid());
        observed.gone(resource);
    }

    /** Starts a run of the experiment if there is none, and passes the present orders of the resource to the run. */
    public void ensure(RebindExperiment resource, Sourced sourced, Plan.Cycles plan) {
        if (closed) {
            return;
        }
        @Nullable
        Active one = active.compute(resource.getMetadata().getUid(), (uid, running) -> {
            if (running != null || over.contains(uid) || isRefused(uid)) {
                return running;
            }
            var fresh = new Active(new RunProgress(changes));
            fresh.thread = Thread.ofVirtual()
                    .name("experiment-" + resource.getMetadata().getName())
                    .unstarted(() -> run(resource, sourced, plan, fresh));
            return fresh;
        });
        if (one == null) {
            return;
        }
        one.suspended = sourced.experiment().spec().suspended();
        one.terminated = sourced.experiment().spec().terminated();
        if (one.thread.getState() == Thread.State.NEW) {
            one.thread.start();
        }
    }

    private boolean isRefused(String uid) {
        Long since = refused.get(uid);
        return since != null && clock.nanos().getAsLong() - since < REFUSED.toNanos();
    }

    private void run(RebindExperiment resource, Sourced sourced, Plan.Cycles plan, Active orders) {
        ExperimentKey key = ExperimentKey.of(resource);
        try {
            if (work.run(resource, sourced, plan, orders.progress, orders).isOver()) {
                over.add(key.uid());
            }
        } catch (InterruptedException e) {
            LOG.info("{}: ended; the target was given back", key);
        } catch (LostException e) {
            LOG.info("{}: {}; ended here", key, e.getMessage());
            if (e.loss() == StatusStore.Loss.refused || e.loss() == StatusStore.Loss.tooLarge) {
                refused.put(key.uid(), clock.nanos().getAsLong());
            }
        } finally {
            active.remove(key.uid());
        }
    }

    /** Returns the progress of the experiment's run; null if this controller does not run it. */
    public @Nullable RunProgress underWay(String uid) {
        Active one = active.get(uid);
        return one == null ? null : one.progress;
    }

    /** Returns the signal that each step and each record of any run triggers. */
    public ChangeSignal changes() {
        return changes;
    }

    /** Whether this controller runs the experiment. */
    public boolean isRunning(String uid) {
        return active.containsKey(uid);
    }

    @Override
    public void close() {
        endAll();
    }

    /**
     * Ends all runs and starts no new ones. The runs give their targets back, and another controller continues the
     * experiments.
     */
    public void endAll() {
        closed = true;
        active.values().forEach(one -> one.thread.interrupt());
        for (Active one : active.values()) {
            try {
                if (!one.thread.join(clock.ending())) {
                    LOG.warn("An experiment did not end in time; its agent gives the target back by itself");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
