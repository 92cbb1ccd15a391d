package dev.rebind.operator.run;

import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.engine.metrics.ExperimentMeters;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.live.ChangeSignal;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.workload.FakeDeployment;
import dev.rebind.operator.workload.LookupResult;
import dev.rebind.operator.workload.TargetPod;
import dev.rebind.operator.workload.TargetSession;
import dev.rebind.operator.workload.TargetSessions;
import dev.rebind.operator.workload.TargetSessions.ClientsHeldException;
import dev.rebind.operator.workload.ToggleBackup;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An experiment on pods that are made up, with its status at a made-up API server and its records in a folder. */
final class RunFixture {
    static final ExperimentKey KEY = new ExperimentKey("lab", "restart", "uid-1");

    final FakeExperimentApi api;
    final RecordStore records;
    final List<FakeTarget> pods = new ArrayList<>();
    final List<String> events = new CopyOnWriteArrayList<>();
    final List<String> messages = new CopyOnWriteArrayList<>();
    /** What the toggle's ConfigMap has, by key. */
    final Map<String, String> settings = new LinkedHashMap<>();

    final FakeToggleJournal journal = new FakeToggleJournal();
    final FakeDelayedAction alarm = new FakeDelayedAction();
    volatile boolean suspended;
    volatile boolean terminated;
    final AtomicInteger taken = new AtomicInteger();
    /** Called while the targets are being taken. */
    volatile Runnable taking = () -> {};

    /** Why nothing is found, at each look; the pods are found when there is nothing more. */
    final Queue<LookupResult.Refused> refusals = new ConcurrentLinkedQueue<>();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    /** What the toggle's key has before the experiment; null: there is no toggle. */
    private @Nullable String former;

    private final Experiment experiment;
    private final Plan.Cycles plan;

    /** Its pods, in place of {@link #pods}. */
    private final @Nullable FakeDeployment deployment;

    /** @param spec YAML, without restart and clients */
    RunFixture(Path folder, int pods, String spec) {
        this(folder, null, pods, Mode.process, spec);
    }

    /** On pods that are restarted with the product's own agents and waits. */
    RunFixture(Path folder, FakeDeployment deployment, Mode mode, String spec) {
        this(folder, deployment, 0, mode, spec);
    }

    private RunFixture(Path folder, @Nullable FakeDeployment deployment, int pods, Mode mode, String spec) {
        this.deployment = deployment;
        String whole =
                "{restart: {mode: " + mode + "}, clients: {connections: 0}" + (spec.isEmpty() ? "" : ", " + spec) + "}";
        experiment = Specs.experiment(whole);
        plan = (Plan.Cycles) Planner.plan(experiment);
        api = new FakeExperimentApi(KEY, "{}");
        records = new RecordStore(folder);
        for (int i = 0; i < pods; i++) {
            this.pods.add(new FakeTarget("server-" + i));
        }
    }

    /** Claims and runs it as a controller of that name does, until it ends there. */
    void run(String controller) throws Exception {
        run(controller, Mortality.immortal());
    }

    /** As {@link #run(String)}, unless it dies before. */
    void run(String controller, Mortality mortality) throws Exception {
        if (deployment != null) {
            deployment.controlledBy(mortality);
        }
        var observed = new ExperimentMetricsUpdater(new ExperimentMeters(registry, 10), records);
        var statuses = new StatusStore(mortality.api(api), api.resource(), controller, observed);
        statuses.write(new StatusEdit(statuses.status(), Instant.now())
                .about(1L, controller, null, null)
                .done());
        new ExperimentRun(
                        new ExperimentRun.Accepted(KEY, experiment, plan),
                        new ExperimentRun.TargetAccess(new Source(mortality), new OfCluster(mortality), new NoHolds()),
                        new ExperimentRun.Stores(statuses, records),
                        new ExperimentRun.Observers(observed, new Events(), new RunProgress(new ChangeSignal())),
                        new Control(),
                        alarm)
                .run();
    }

    /** From now on each cycle changes a toggle. */
    void withToggle(String value) {
        former = value;
        settings.put("reuse", value);
    }

    int cyclesInMetrics() {
        return (int) registry.find("rebind.experiment.cycles").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    double downtimeInMetrics() {
        return registry.get("rebind.experiment.downtime").timer().totalTime(TimeUnit.SECONDS);
    }

    ExperimentStatus status() {
        return api.status();
    }

    /** The ConfigMap, and the journal of the controllers' own. */
    private final class OfCluster implements Toggles {
        private final Mortality mortality;

        OfCluster(Mortality mortality) {
            this.mortality = mortality;
        }

        @Override
        public void remember(ToggleBackup.Value value) {
            mortality.act(() -> journal.add(
                    new ToggleJournal.Entry(KEY, value.configMap(), "uid-map", value.key(), value.value())));
        }

        @Override
        public void forget() {
            mortality.act(() -> journal.remove(KEY.uid()));
        }

        @Override
        public void set(String configMap, String key, @Nullable String value) {
            mortality.act(() -> {
                if (value == null) {
                    settings.remove(key);
                } else {
                    settings.put(key, value);
                }
            });
        }
    }

    private final class Source implements TargetSource {
        private final Mortality mortality;
        private final Toggles toggles;

        Source(Mortality mortality) {
            this.mortality = mortality;
            this.toggles = new OfCluster(mortality);
        }

        @Override
        public LookupResult find(boolean begun) {
            if (deployment != null) {
                return deployment.find(experiment.spec(), begun);
            }
            LookupResult.Refused refused = refusals.poll();
            if (refused != null) {
                return refused;
            }
            return new LookupResult.Found(pods.stream().map(FakeTarget::target).toList());
        }

        @Override
        public TargetSessions take(List<TargetPod> targets, boolean wantsClients, ToggleBackup backup)
                throws AgentException, ClientsHeldException, InterruptedException {
            taken.incrementAndGet();
            taking.run();
            if (deployment != null) {
                var holder = new Holder(KEY.namespace(), KEY.name(), KEY.uid());
                return deployment.take(targets, plan.pattern().getFirst().mode(), holder, backup);
            }
            pods.forEach(pod -> {
                pod.lost = null;
                pod.gone = null;
                pod.closed = false;
                if (former != null) {
                    pod.toggle(() -> toggle(backup), this::restore);
                }
            });
            return new TargetSessions(List.<TargetSession>copyOf(pods), null);
        }

        /** On a thread that nobody waits for the outcome of: the run itself dies with its next act. */
        private void restore() {
            try {
                toggles.set("settings", "reuse", former);
            } catch (Mortality.Death e) {
                assert mortality.dead();
            }
        }

        /** As a fresh container's toggle is set: what was there is kept first. */
        private void toggle(ToggleBackup backup) {
            if (backup.value() == null) {
                backup.keep(new ToggleBackup.Value("settings", "reuse", settings.get("reuse")));
            }
            toggles.set("settings", "reuse", "changed");
        }
    }

    private final class Control implements RunControl {
        @Override
        public boolean suspended() {
            return suspended;
        }

        @Override
        public boolean terminated() {
            return terminated;
        }
    }

    private final class Events implements EventPublisher {
        @Override
        public void normal(String reason, String message) {
            events.add(reason);
            messages.add(message);
        }

        @Override
        public void warning(String reason, String message) {
            events.add(reason);
            messages.add(message);
        }

        @Override
        public void about(TargetPod target) {}
    }

    private static final class NoHolds implements Holds {
        @Override
        public @Nullable String take(TargetPod target) {
            return null;
        }

        @Override
        public void release() {}
    }
}
