package dev.rebind.operator.workload;

import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.child.Moment;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.engine.InferredResidue;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.bind.Reuse;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Restarts a workload that has no agent of Rebind's in it. A generation is what a container runs by itself: a container
 * that ends before it listens has failed, and why is told by its last words and by the agent of its node, which looks at
 * the port from outside. What neither tells is not known, and is not guessed. For one thread, but for looks.
 */
final class UnmanagedWorkloadAgent implements ContainerAgent {
    /** A pod may take its whole grace period to end. */
    private static final Duration LONGEST_STOP = Duration.ofMinutes(5);

    private final PodControl cluster;
    private final Place place;
    private final ReuseToggle toggle;
    private final PodPortObserver port;
    private final ListenerOptionsWatch flags;
    private final ServerContainers containers;
    private final ContainerWait starts;
    private volatile ServerPresence presence = ServerPresence.NOBODY;

    /** Whether what the running container was told is not known. */
    private boolean doubtful;
    /** Whether the generation that is started next comes after one that was stopped. */
    private boolean stopped;

    private int generation;
    private @Nullable Boolean oldReuse;
    private @Nullable Boolean newReuse;
    private boolean reuseProven;

    UnmanagedWorkloadAgent(
            PodControl cluster, TargetPod target, Supplier<String> token, Place place, Mode mode, ToggleBackup backup)
            throws AgentException, InterruptedException {
        this.cluster = cluster;
        this.place = place;
        this.toggle = new ReuseToggle(cluster, target, backup);
        this.doubtful = toggle.inherited();
        this.port = new PodPortObserver(new PodPort(token, place, target));
        this.flags = new ListenerOptionsWatch(port);
        this.containers = new ServerContainers(cluster, target, mode, port);
        this.starts = new ContainerWait(containers, port);
    }

    /** Has this told when the old server is seen to be gone: the order alone does not end it. */
    void watch(ServerPresence watching) {
        presence = watching;
    }

    @Override
    public long answeringNanos() {
        return cluster.answeringNanos();
    }

    @Override
    public void watch(StartObserver starts) {
        containers.watch(starts);
    }

    @Override
    public TargetPod target() {
        return containers.target();
    }

    @Override
    public @Nullable Boolean freshNamespace() {
        return containers.freshNamespace();
    }

    @Override
    public @Nullable Double startMillis() {
        return containers.replacement().millis();
    }

    @Override
    public boolean backOff() {
        return containers.isHeldBack();
    }

    /** The settings of another network namespace are not seen from outside. */
    @Override
    public boolean ephemeral(int port) {
        return false;
    }

    @Override
    public @Nullable InferredResidue leftBefore() {
        return port.leftBefore();
    }

    @Override
    public @Nullable String goneSince(long nanos) {
        try {
            return containers.gone(cluster.pod(containers.target()));
        } catch (KubernetesClientException e) {
            return null;
        }
    }

    @Override
    public void prepare(PlannedCycle cycle) {
        flags.replacing();
        toggle.give(cycle.newReuse());
    }

    @Override
    public ListenerOptionsWatch flags() {
        return flags;
    }

    @Override
    public @Nullable Reuse reuse(Reuse planned) {
        if (toggle.isThere()) {
            return planned;
        }
        Reuse read = flags.reuse();
        if (read != null) {
            return read;
        }
        return reuseProven ? new Reuse(true, true) : null;
    }

    @Override
    public Start start(GenerationSettings settings) {
        boolean again = stopped || settings.generation() == generation;
        stopped = false;
        generation = settings.generation();
        try {
            if (!again) {
                return first(settings);
            }
            port.showNow();
            return awaited(settings, false);
        } catch (KubernetesClientException e) {
            return new Start.Broken(settings.generation(), FailedCall.why(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Start.Broken(settings.generation(), "interrupted while the container was being started");
        } finally {
            containers.awaited();
        }
    }

    /**
     * Before there are clients, as what they leave on the port would stand in the way: the container is replaced by one that
     * was told the value, unless it was told it already.
     */
    void arrange(boolean reuseAddress) throws InterruptedException {
        if (!toggle.isThere() || Objects.equals(newReuse, reuseAddress)) {
            return;
        }
        boolean fits = !doubtful && Objects.equals(toggle.now(), reuseAddress) && hasRead();
        toggle.give(reuseAddress);
        if (!fits) {
            doubtful = true;
            try {
                replaced(LONGEST_STOP);
            } finally {
                containers.awaited();
            }
            doubtful = false;
        }
        newReuse = reuseAddress;
    }

    /**
     * Whether the running container was started after the key got its value. An experiment before this one may have left it
     * with another until its next start, and so may somebody who changed the key and restarted nothing.
     */
    private boolean hasRead() {
        TargetPod target = containers.target();
        Pod pod = cluster.pod(target);
        Instant started = pod == null ? null : ObservedContainer.started(pod, target.container());
        return started != null && !toggle.mayDiffer(started);
    }

    /** Reuses the running container unless its SO_REUSEADDR must change. */
    private Start first(GenerationSettings settings) throws InterruptedException {
        arrange(settings.reuseAddress());
        port.showNow();
        Start start = awaited(settings, true);
        long deadline = answeringNanos() + ContainerStarts.LONGEST_START.toNanos();
        while (start instanceof Start.Failed && answeringNanos() - deadline < 0) {
            start = awaited(settings, true);
        }
        return start;
    }

    @Override
    public Stop stop(int generation, StopWay way, Duration gracePeriod) {
        long before = System.nanoTime();
        try {
            oldReuse = newReuse;
            newReuse = null;
            doubtful = true;
            replaced(gracePeriod.plus(LONGEST_STOP));
            newReuse = toggle.now();
            doubtful = false;
            stopped = true;
            return new Stop.Stopped(Duration.ofNanos(System.nanoTime() - before), null);
        } catch (KubernetesClientException e) {
            return new Stop.Broken(FailedCall.why(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Stop.Broken("interrupted while the container was being replaced");
        } finally {
            containers.awaited();
        }
    }

    private void replaced(Duration atMost) throws InterruptedException {
        reuseProven = false;
        containers.replace(atMost, presence);
    }

    /**
     * What comes of the newest container that has not been told of yet.
     *
     * @param ends whether nobody else tells that it ends again and again
     */
    private Start awaited(GenerationSettings settings, boolean ends) throws InterruptedException {
        return switch (starts.await(ContainerStarts.LONGEST_START, ends)) {
            case ContainerWait.Came.Listens(Moment at, boolean proven) -> {
                reuseProven = proven;
                flags.bound();
                yield port.told(new Start.Bound(settings.generation(), place, List.of(), at.at(), at.nanos()));
            }
            case ContainerWait.Came.Ended(ObservedContainer.Ended ended) -> failed(settings, ended);
            case ContainerWait.Came.Neither(String why) -> new Start.Broken(settings.generation(), why);
        };
    }

    private Start.Failed failed(GenerationSettings settings, ObservedContainer.Ended ended) {
        PortView at = port.failed();
        containers.inItsPod();
        String errno = ended.errno();
        return new Start.Failed(
                settings.generation(),
                settings,
                errno,
                null,
                null,
                "its container ended with exit code " + ended.exitCode() + " before it was seen to listen"
                        + (errno == null ? ", and its last words name no errno; " + PodPort.described(at) : ""),
                Instant.now(),
                System.nanoTime());
    }

    /** While the residue settles, each look is a new one. The kubelet starts the new container whenever it likes. */
    @Override
    public PortView look(Place at) {
        if (port.isSettling()) {
            port.settle(this::successor);
        }
        return forecast(at).view();
    }

    private ServerContainers.@Nullable Successor successor() {
        try {
            return containers.successor();
        } catch (KubernetesClientException e) {
            // The wait for the new container says so.
            return null;
        }
    }

    @Override
    public PortView lookAgain(Place at) {
        return forecast(at).view();
    }

    @Override
    public boolean isPast(Place at) {
        return port.isPast();
    }

    /** As the agent of the node predicts it. */
    @Override
    public PortForecast forecast(Place at) {
        return port.forecast();
    }

    @Override
    public AgentAnswer why() throws AgentException, InterruptedException {
        return new AgentAnswer(AgentAnswer.By.node, port.why());
    }

    @Override
    public ExplainedFailure explain(Start.Failed failed) {
        return port.explain(failed, oldReuse, newReuse, generation - 1);
    }

    @Override
    public void released(ExplainedFailure failure, long releasedNanos, Duration exact) {
        // Looks from outside are a tenth of a second apart, or more: too seldom to learn from.
    }

    @Override
    public Clearing clear(Place at) {
        return new Clearing.Refused("nobody may destroy sockets of a workload that is not Rebind's");
    }

    @Override
    public Restoration giveBack(Duration atMost) throws InterruptedException {
        try {
            return new ToggleReturn(cluster, toggle, port, containers).giveBack(presence, atMost);
        } finally {
            containers.awaited();
        }
    }

    @Override
    public void close() {
        port.close();
    }
}
