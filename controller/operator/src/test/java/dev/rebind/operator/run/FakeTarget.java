package dev.rebind.operator.run;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.child.Moment;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.client.traffic.Traffic;
import dev.rebind.engine.ClientRoute;
import dev.rebind.engine.CycleFailure;
import dev.rebind.experiment.clients.TargetProtocol;
import dev.rebind.operator.workload.AgentAnswer;
import dev.rebind.operator.workload.QuietAgent;
import dev.rebind.operator.workload.Restoration;
import dev.rebind.operator.workload.ServerPresence;
import dev.rebind.operator.workload.StartObserver;
import dev.rebind.operator.workload.TargetPod;
import dev.rebind.operator.workload.TargetPod.Network;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import dev.rebind.operator.workload.TargetSession;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.server.ClusterPlace;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.release.ReleasePredictor;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A pod whose server binds at once, unless a test says otherwise; nothing is ever left on its port. */
public final class FakeTarget implements TargetSession {
    private static final Snapshot NOTHING = new Snapshot(Instant.EPOCH, 0, "made up", List.of());

    private final String pod;
    private final List<Integer> started = new CopyOnWriteArrayList<>();
    /** What its agent sees and predicts. */
    private volatile PortForecast forecast =
            PortForecast.of(new PortView(NOTHING, NOTHING, NOTHING, Map.of()), ReleasePredictor.elsewhere());

    volatile Starts starts = FakeTarget::bound;
    volatile @Nullable String lost;
    /** What its server speaks, where it is one of others; null where it has an agent. */
    volatile @Nullable TargetProtocol spoken;
    /** What the clients that were asked for were to say. */
    final List<Traffic> asked = new CopyOnWriteArrayList<>();

    volatile @Nullable String gone;
    volatile boolean closed;
    /** What comes of giving it back, and how long that was waited for. */
    volatile Restoration restoration = new Restoration.Listening(Duration.ZERO);

    volatile @Nullable Duration waited;
    private volatile Runnable toggling = () -> {};
    /** Is told what its new container waits for. */
    volatile StartObserver observer = StartObserver.NOBODY;

    private volatile Runnable restoring = () -> {};
    /** Called before each stop is answered. */
    volatile Pause stopping = () -> {};

    private volatile Question why = () -> {
        throw new AgentException("it has no agent");
    };

    private volatile Question whyFromNode = () -> {
        throw new AgentException("its node has no agent");
    };

    /** What comes of asking its agent why. */
    @FunctionalInterface
    public interface Question {
        AgentAnswer ask() throws AgentException, InterruptedException;
    }

    /** What comes of a start. */
    @FunctionalInterface
    interface Starts {
        Agent.Start start(GenerationSettings settings) throws InterruptedException;
    }

    @FunctionalInterface
    interface Pause {
        void take() throws InterruptedException;
    }

    public FakeTarget(String pod) {
        this.pod = pod;
    }

    /** Has its agent see and predict this from now on. */
    public FakeTarget forecasting(PortForecast seen) {
        forecast = seen;
        return this;
    }

    /** Has its agent say this of why from now on. */
    public FakeTarget answering(Question answer) {
        why = answer;
        return this;
    }

    /** Has the agent of its node say this of why from now on. */
    public FakeTarget answeringFromNode(Question answer) {
        whyFromNode = answer;
        return this;
    }

    static Agent.Start bound(GenerationSettings settings) {
        Moment now = Moment.now();
        return new Agent.Start.Bound(settings.generation(), settings.place(), List.of(1L), now.at(), now.nanos());
    }

    /** A pod of the chart's server, as a look-up finds it. */
    static TargetPod pod(String name) {
        return pod(name, URI.create("http://10.1.0.7:9000"));
    }

    /** @param agent null for one without an agent */
    static TargetPod pod(String name, @Nullable URI agent) {
        return pod(name, agent, null);
    }

    private static TargetPod pod(String name, @Nullable URI agent, @Nullable TargetProtocol spoken) {
        return new TargetPod(
                "lab",
                new WorkloadId("Deployment", "server", "uid-server"),
                "app=server",
                name,
                "uid-" + name,
                "server",
                "node-1",
                Network.pod,
                "0.0.0.0",
                8080,
                new ClientRoute("10.1.0.7", 8080, ClientRoute.Way.pod, false),
                spoken,
                null,
                agent,
                null,
                spoken == null ? null : URI.create("http://10.1.0.8:9000"),
                null,
                List.of());
    }

    /** Numbers of the generations that were started. */
    List<Integer> started() {
        return List.copyOf(started);
    }

    @Override
    public void arrange(boolean reuseAddress) {}

    @Override
    public TargetPod target() {
        return spoken == null ? pod(pod) : pod(pod, null, spoken);
    }

    @Override
    public Agent agent() {
        return new FakeAgent();
    }

    @Override
    public AgentAnswer why() throws AgentException, InterruptedException {
        return why.ask();
    }

    @Override
    public AgentAnswer whyFromNode() throws AgentException, InterruptedException {
        return whyFromNode.ask();
    }

    @Override
    public Place place() {
        return new Place("0.0.0.0", 8080);
    }

    @Override
    public @Nullable String goneSince(long nanos) {
        return gone;
    }

    @Override
    public @Nullable String lost() {
        return lost;
    }

    @Override
    public boolean endsServer() {
        return true;
    }

    @Override
    public void watch(ServerPresence presence, StartObserver starts) {
        observer = starts;
    }

    @Override
    public ClientGroup clients(Place place, PlannedCycle plan) throws CycleFailure {
        if (spoken == null) {
            throw new AssertionError("no clients are planned");
        }
        asked.add(plan.clients().traffic());
        throw new CycleFailure("No clients are made up.");
    }

    @Override
    public Restoration giveBack(Duration atMost) {
        restoring.run();
        waited = atMost;
        return restoration;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String name() {
        return "kubernetes";
    }

    @Override
    public boolean ephemeral(int port) {
        return false;
    }

    @Override
    public ClusterPlace cluster() {
        return new ClusterPlace("lab", pod, "web", "node-1", "pod", false, null, null);
    }

    @Override
    public String host() {
        return "";
    }

    @Override
    public String clientAddress() {
        return "";
    }

    @Override
    public Duration samplePeriod() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void preparing(PlannedCycle cycle) {
        toggling.run();
    }

    /**
     * @param toggling before each restart
     * @param restoring when the target is given back
     */
    void toggle(Runnable toggling, Runnable restoring) {
        this.toggling = toggling;
        this.restoring = restoring;
    }

    private final class FakeAgent implements QuietAgent {
        @Override
        public Start start(GenerationSettings settings) {
            started.add(settings.generation());
            try {
                return starts.start(settings);
            } catch (InterruptedException e) {
                // As RemoteAgent does.
                Thread.currentThread().interrupt();
                return new Start.Broken(settings.generation(), "interrupted");
            }
        }

        @Override
        public Stop stop(int generation, StopWay way, Duration gracePeriod) {
            try {
                stopping.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Stop.Broken("interrupted");
            }
            return new Stop.Stopped(Duration.ZERO, 0);
        }

        @Override
        public PortForecast forecast(Place place) {
            return forecast;
        }
    }
}
