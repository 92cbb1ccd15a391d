package dev.rebind.operator.workload;

import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.remote.RemoteAgent;
import dev.rebind.agent.wire.WireMessages.About;
import dev.rebind.agent.wire.WireMessages.BaselineState;
import dev.rebind.agent.wire.WireMessages.Failure;
import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.agent.wire.WireMessages.OwnStart;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.engine.InferredResidue;
import dev.rebind.engine.ResidueSettling;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.bind.Reuse;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Restarts a whole container or pod: a generation is what a container runs by itself. The old server is stopped first, so
 * that what it leaves is seen from inside its network namespace, then its container ends. The bind of the new one is what
 * the agent in the new container tells of its own start. For one thread, but for looks.
 */
final class ManagedPodAgent implements ContainerAgent {
    private final PodControl cluster;
    private final FreshAgentWait agents;
    private final Place place;
    private final Mode mode;
    private final ReuseToggle toggle;
    private final StartDelayWatch delays;
    private volatile TargetPod target;
    private volatile RemoteAgent agent;
    /** What was left, as seen before the old container ended; shown until the new one is asked after. */
    private volatile @Nullable PortForecast left;

    /** Whether a container or pod was told to end, and no other has come: that the old one does not answer is its end. */
    private boolean replacing;

    /** Of the present cycle; null before the first. */
    private @Nullable Expect expect;

    private volatile boolean freshNamespace;
    private volatile @Nullable Double startMillis;
    private boolean began;
    private @Nullable OwnStart own;

    /** @param mode container, pod or rollout */
    ManagedPodAgent(
            PodControl cluster,
            TargetPod target,
            Holder holder,
            Supplier<String> token,
            Place place,
            Mode mode,
            ToggleBackup backup)
            throws AgentException, InterruptedException {
        this.cluster = cluster;
        this.target = target;
        this.place = place;
        this.mode = mode;
        this.toggle = new ReuseToggle(cluster, target, backup);
        this.delays = new StartDelayWatch(cluster, mode);
        this.agents = new FreshAgentWait(cluster, holder, token, mode, delays);
        this.agent = agents.connect(target);
    }

    @Override
    public void watch(StartObserver starts) {
        delays.tell(starts);
    }

    /** Of the API server, and of the agent that is asked now. */
    @Override
    public long answeringNanos() {
        return cluster.answeringNanos() - (System.nanoTime() - agent.answeringNanos());
    }

    @Override
    public TargetPod target() {
        return target;
    }

    @Override
    public Boolean freshNamespace() {
        return freshNamespace;
    }

    /** Until the agent of the new one answered. */
    @Override
    public @Nullable Double startMillis() {
        return startMillis;
    }

    @Override
    public boolean backOff() {
        return delays.backOff();
    }

    @Override
    public boolean ephemeral(int port) {
        return agent.ports().ephemeral(port);
    }

    /** The port is looked at before the container ends. */
    @Override
    public @Nullable InferredResidue leftBefore() {
        return null;
    }

    @Override
    public @Nullable String lost() {
        return agent.lost();
    }

    @Override
    public @Nullable String goneSince(long nanos) {
        return replacing ? agents.gone(target) : agent.unansweredSince(nanos);
    }

    @Override
    public void prepare(PlannedCycle cycle) {
        expect = cycle.expect();
        toggle.give(cycle.newReuse());
    }

    /** The agent in each container tells which it has. */
    @Override
    public @Nullable ListenerOptionsWatch flags() {
        return null;
    }

    @Override
    public Reuse reuse(Reuse planned) {
        return planned;
    }

    @Override
    public Start start(GenerationSettings settings) {
        try {
            if (!began) {
                began = true;
                return first(settings);
            }
            left = null;
            return told(settings);
        } catch (AgentException | KubernetesClientException e) {
            return new Start.Broken(settings.generation(), FailedCall.why(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Start.Broken(settings.generation(), "interrupted while the container was being started");
        }
    }

    /** The server that is there already, where it has what is wanted; else one that has. */
    private Start first(GenerationSettings settings) throws AgentException, InterruptedException {
        About about = agent.ask();
        boolean fits = Objects.equals(about.baseline().reuseAddress(), settings.reuseAddress())
                && about.baseline().state() == BaselineState.bound;
        if (!fits) {
            toggle.give(settings.reuseAddress());
            // Nothing is to be left on the port by what is no generation of the experiment.
            restart(StopWay.reset);
        }
        Start start = told(settings);
        long deadline = answeringNanos() + ContainerStarts.LONGEST_START.toNanos();
        while (start instanceof Start.Failed && answeringNanos() - deadline < 0) {
            Thread.sleep(FreshAgentWait.BETWEEN_TRIES);
            start = told(settings);
        }
        return start;
    }

    /** What the agent in the container has done by itself, as the experiment's generation. */
    private Start told(GenerationSettings settings) throws AgentException, InterruptedException {
        About about = agent.ask();
        if (!Objects.equals(about.baseline().reuseAddress(), settings.reuseAddress())) {
            return new Start.Broken(
                    settings.generation(),
                    "the fresh container has SO_REUSEADDR " + about.baseline().reuseAddress() + ", not "
                            + settings.reuseAddress() + ": it did not read the ConfigMap's new value");
        }
        OwnStart before = own;
        var starts = new ContainerStarts(agent);
        OwnStart told = before == null ? starts.await() : starts.awaitNext(before);
        own = told;
        Failure failure = told.failure();
        if (failure != null && before == null) {
            return failed(settings, failure.failed());
        }
        return switch (told.start()) {
            case Start.Bound bound ->
                new Start.Bound(
                        settings.generation(),
                        place,
                        bound.pids(),
                        bound.at(),
                        bound.atNanos(),
                        bound.freeNanos(),
                        bound.heldNanos(),
                        bound.beside());
            case Start.Failed failed -> failed(settings, failed);
            case Start.Broken broken -> new Start.Broken(settings.generation(), broken.why());
        };
    }

    private static Start.Failed failed(GenerationSettings settings, Start.Failed failed) {
        return new Start.Failed(
                settings.generation(),
                settings,
                failed.errno(),
                failed.errnoNumber(),
                failed.call(),
                failed.message(),
                failed.at(),
                failed.atNanos());
    }

    @Override
    public Stop stop(int generation, StopWay way, Duration gracePeriod) {
        long before = System.nanoTime();
        try {
            restart(way);
            return new Stop.Stopped(Duration.ofNanos(System.nanoTime() - before), null);
        } catch (AgentException | KubernetesClientException e) {
            return new Stop.Broken(FailedCall.why(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Stop.Broken("interrupted while the container was being restarted");
        }
    }

    private void restart(StopWay way) throws AgentException, InterruptedException {
        RemoteAgent old = agent;
        TargetPod before = target;
        About about = old.about();
        old.leave(way);
        if (expect != null) {
            ResidueSettling.await(old, place, expect);
        }
        left = old.forecast(place);
        own = null;
        long ordered = System.nanoTime();
        delays.ordered();
        Set<String> known = mode == Mode.container ? Set.of() : cluster.pods(target);
        switch (mode) {
            case pod -> cluster.evict(target);
            case rollout -> cluster.rollOut(target, Instant.now());
            case container, process, listener -> old.exit(0, null);
        }
        replacing = true;
        FreshAgentWait.Fresh came = agents.await(target, about.instance(), known);
        startMillis = (System.nanoTime() - ordered) / 1e6;
        RemoteAgent fresh = came.agent();
        target = came.pod();
        agent = fresh;
        replacing = false;
        // The kernel gives the number of a namespace that is gone to the next one: alike does not mean the same.
        boolean otherPodsOwn = target.network() != TargetPod.Network.hostNetwork
                && !target.podUid().equals(before.podUid());
        freshNamespace = otherPodsOwn
                || !Objects.equals(fresh.about().networkNamespace(), about.networkNamespace())
                || !Objects.equals(fresh.about().node(), about.node());
        // It is gone; to say so to nobody would take as long as nobody answers.
        Thread.ofVirtual().name("forget-agent").start(old::close);
    }

    @Override
    public PortView look(Place at) {
        PortForecast before = left;
        return before == null ? agent.look(at) : before.view();
    }

    @Override
    public PortForecast forecast(Place at) {
        PortForecast before = left;
        return before == null ? agent.forecast(at) : before;
    }

    @Override
    public AgentAnswer why() throws AgentException, InterruptedException {
        if (left != null) {
            throw new AgentException("its container is being replaced");
        }
        return new AgentAnswer(AgentAnswer.By.pod, agent.ports().why(place));
    }

    /** As the agent in the fresh container explained it, by its look right after its bind failed. */
    @Override
    public ExplainedFailure explain(Start.Failed failed) {
        OwnStart told = own;
        Failure failure = told == null ? null : told.failure();
        return failure == null
                ? agent.explain(failed)
                : new ExplainedFailure(failed, failure.explanation(), failure.view());
    }

    @Override
    public void released(ExplainedFailure failure, long releasedNanos, Duration exact) {
        // The agent in the container watches the sockets in the way, and has learnt from it by itself.
    }

    @Override
    public Clearing clear(Place at) {
        return new Clearing.Refused("a fresh container has left the port to itself already");
    }

    /** Gives the key its own setting again, and where that is asked for, the container. */
    @Override
    public Restoration giveBack(Duration atMost) throws InterruptedException {
        long since = System.nanoTime();
        boolean differs = false;
        try {
            ReuseToggle.Restored restored = toggle.restore();
            differs = restored != ReuseToggle.Restored.alike
                    && !Objects.equals(agent.ask().baseline().reuseAddress(), toggle.now());
            expect = null;
            if (differs && restored == ReuseToggle.Restored.toBeRestarted) {
                restart(StopWay.reset);
                differs = false;
            }
        } catch (KubernetesClientException e) {
            String why = FailedCall.why(e);
            cluster.notRestored(target, why);
            return new Restoration.Failed(why);
        } catch (AgentException e) {
            return new Restoration.NotListening(String.valueOf(e.getMessage()));
        }
        agent.release();
        Restoration seen = OwnServer.await(OwnServer.of(agent), since, atMost);
        return differs && seen instanceof Restoration.Listening(Duration without)
                ? new Restoration.AtNextStart(without)
                : seen;
    }

    @Override
    public void close() {
        agent.close();
    }
}
