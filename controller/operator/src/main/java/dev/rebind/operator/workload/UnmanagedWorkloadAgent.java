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
 * Restarts a workload that has no agent of Rebind in it. A generation is the server that a container runs by itself. A
 * container that ends before it listens has failed to start. The cause comes from the container's termination message
 * and from the agent of its node, which looks at the port from outside. If neither tells the cause, it stays unknown.
 * Only one thread may call it, except for looks at the port.
 */
final class UnmanagedWorkloadAgent implements ContainerAgent {
    /** How long a stop may take beyond its grace period. A pod may take the whole grace period of its own spec to end. */
    private static final Duration LONGEST_STOP = Duration.ofMinutes(5);

    private final PodControl cluster;
    private final Place place;
    private final ReuseToggle toggle;
    private final PodPortObserver port;
    private final ListenerOptionsWatch flags;
    private final ServerContainers containers;
    private final ContainerWait starts;
    private volatile ServerPresence presence = ServerPresence.NOBODY;

    /** Whether it is unknown which SO_REUSEADDR value the running container has read. */
    private boolean doubtful;
    /** Whether a generation was stopped and the next one is not started yet. */
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

    /**
     * Sets who is told when a look shows that the old server is gone, because the order to stop does not end it at
     * once.
     */
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

    /** Returns false, because the settings of the pod's network namespace cannot be read from outside. */
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
     * Makes sure that the running container has read this value, and replaces the container if it may have read another
     * one. Callers do this before clients connect, because connections that clients leave on the port could block the
     * new container's bind.
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
     * Whether the running container was started after the key got its present value. If not, it may run with another
     * value, because an earlier experiment or a user changed the key without restarting the container.
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
     * Waits for the result of the newest container whose result is not reported yet.
     *
     * @param ends whether to report that the container ends again and again, because no cycle reports its ends
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

    /**
     * Looks at the residue of the old server. Each call looks again while the residue may still change; the kubelet may
     * start the new container at any moment.
     */
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
            // The wait for the new container reports this failure.
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

    /** Returns the forecast of the node's agent. */
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
        // Looks from outside are at least a tenth of a second apart, which is too coarse to learn the release time
        // from.
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
