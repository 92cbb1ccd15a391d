package dev.rebind.kubernetes.run;

import dev.rebind.experiment.Experiment;
import dev.rebind.kubernetes.resource.RebindExperiment;
import dev.rebind.kubernetes.resource.StatusEdit;
import dev.rebind.kubernetes.resource.Statuses;
import dev.rebind.kubernetes.run.StatusStore.LostException;
import dev.rebind.kubernetes.target.Cluster;
import dev.rebind.kubernetes.target.Targets;
import dev.rebind.live.Changes;
import dev.rebind.plan.Plan;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The experiments that this controller runs now, each on a thread of its own. Safe for several threads. */
public final class Runs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

    private final KubernetesClient client;
    private final Targets targets;
    private final RecordStore records;
    private final Supplier<String> token;
    private final String controller;
    private volatile boolean closed;
    private final ConcurrentHashMap<String, Active> active = new ConcurrentHashMap<>();
    private final Changes changes = new Changes();

    /** A run and what is asked of it. */
    private static final class Active implements Run.Orders {
        private final UnderWay underWay;
        private volatile boolean suspended;
        private volatile boolean terminated;
        private volatile Thread thread = Thread.currentThread();

        private Active(UnderWay underWay) {
            this.underWay = underWay;
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
    public Runs(KubernetesClient client, RecordStore records, Supplier<String> token, String controller) {
        this.client = client;
        this.targets = new Targets(client);
        this.records = records;
        this.token = token;
        this.controller = controller;
    }

    public String controller() {
        return controller;
    }

    /** Has the experiment run, and tells it what is asked for now. */
    public void ensure(RebindExperiment resource, Experiment experiment, Plan.Cycles plan) {
        if (closed) {
            return;
        }
        Active one = active.compute(resource.getMetadata().getUid(), (_, running) -> {
            if (running != null) {
                return running;
            }
            var fresh = new Active(new UnderWay(changes));
            fresh.thread = Thread.ofVirtual()
                    .name("experiment-" + resource.getMetadata().getName())
                    .unstarted(() -> run(resource, experiment, plan, fresh));
            return fresh;
        });
        one.suspended = experiment.spec().suspended();
        one.terminated = experiment.spec().terminated();
        if (one.thread.getState() == Thread.State.NEW) {
            one.thread.start();
        }
    }

    private void run(RebindExperiment resource, Experiment experiment, Plan.Cycles plan, Active orders) {
        Key key = Key.of(resource);
        var statuses = new StatusStore(client, resource, controller);
        try (var events = new Events(client, resource, controller)) {
            statuses.write(new StatusEdit(Statuses.of(resource), Instant.now())
                    .about(resource.getMetadata().getGeneration(), controller, null, null)
                    .done());
            new Run(
                            key,
                            experiment,
                            plan,
                            () -> targets.find(key.namespace(), experiment.spec()),
                            new Cluster(client, experiment.spec()),
                            token,
                            statuses,
                            records,
                            orders,
                            events,
                            orders.underWay)
                    .run();
        } catch (InterruptedException e) {
            LOG.info("{}: ended; the target was given back", key);
        } catch (LostException e) {
            LOG.info("{}: {}; ended here", key, e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{}: an error in Rebind itself", key, e);
        } finally {
            active.remove(key.uid());
        }
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
    public @Nullable UnderWay underWay(String uid) {
        Active one = active.get(uid);
        return one == null ? null : one.underWay;
    }

    /** Is told of each step and record. */
    public Changes changes() {
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
