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
 * Restarts the whole container or pod of a server that has Rebind's agent beside it. A generation is the server that
 * the agent of one container starts by itself. A restart first stops the old server, so that the old agent sees from
 * inside the network namespace what the server leaves. Then the container ends. The agent in the new container reports
 * the result of the new server's bind. Only one thread may call it, except for looks at the port.
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
    /**
     * What the old server left on the port, as seen just before its container ended. Looks show this until the new
     * generation is started.
     */
    private volatile @Nullable PortForecast left;

    /**
     * Whether a container or pod was told to end and its successor is not there yet. Meanwhile it is normal that the
     * old agent does not answer.
     */
    private boolean replacing;

    /** The residue that the present cycle expects; null before the first cycle and when the target is given back. */
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

    /** Leaves out the outages of the API server and of the present agent. */
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

    /** The time until the agent of the new container answered. */
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

    /** Infers nothing, because the agent looks at the port before the container ends. */
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

    /** Watches nothing, because the agent in each container reports its server's option. */
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

    /**
     * Uses the running server if it is bound and has the wanted SO_REUSEADDR. Otherwise it restarts the container
     * first.
     */
    private Start first(GenerationSettings settings) throws AgentException, InterruptedException {
        About about = agent.ask();
        boolean fits = Objects.equals(about.baseline().reuseAddress(), settings.reuseAddress())
                && about.baseline().state() == BaselineState.bound;
        if (!fits) {
            toggle.give(settings.reuseAddress());
            // This server is no generation of the experiment, so a reset makes sure that it leaves nothing on the port.
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

    /** Asks the agent how its server's start went, and reports that as the start of this generation. */
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
        // The kernel may reuse the number of a namespace that is gone, so equal numbers do not prove that it is the
        // same one.
        boolean otherPodsOwn = target.network() != TargetPod.Network.hostNetwork
                && !target.podUid().equals(before.podUid());
        freshNamespace = otherPodsOwn
                || !Objects.equals(fresh.about().networkNamespace(), about.networkNamespace())
                || !Objects.equals(fresh.about().node(), about.node());
        // The old agent is gone. Closing its connection may wait for an answer that never comes, so another thread does
        // it.
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

    /** Returns the explanation that the agent in the new container made from its look right after the failed bind. */
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
        // The agent in the container watches the blocking sockets and learns from their release by itself.
    }

    @Override
    public Clearing clear(Place at) {
        return new Clearing.Refused("a fresh container has left the port to itself already");
    }

    /**
     * Restores the toggle's key. If the experiment asks for it, also restarts the container so that it reads the former
     * value.
     */
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
