package dev.rebind.operator.workload;

import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.experiment.restart.Mode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows which container of a workload runs the old generation of its server, and which one runs the new generation. A
 * container is over if it was told to end or has ended. The newest container that is not over is the new one. Only one
 * thread may change this object; others may read it.
 */
final class ServerContainers {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    /** The grace period that Kubernetes gives a pod whose spec names none. */
    private static final long DEFAULT_GRACE_SECONDS = 30;

    private static final Duration AFTER_GRACE = Duration.ofSeconds(30);
    /**
     * A server must listen for this long to count as bound, because a bind to another address may still fail after the first
     * listen.
     */
    private static final Duration STEADY = Duration.ofSeconds(1);

    private final PodControl cluster;
    private final Mode mode;
    private final PodPortObserver port;
    private final StartDelayWatch delays;
    private final Set<String> over = new HashSet<>();
    private volatile TargetPod target;
    private volatile Replacement replacement = new Replacement.None();
    private volatile @Nullable Boolean freshNamespace;
    private volatile boolean heldBack;
    /** The restart count of the container before the order to replace it; null if the kubelet did not report it. */
    private @Nullable Integer restartsBefore;

    /** @param port the observer, which this class points to the new pod when the pod is replaced */
    ServerContainers(PodControl cluster, TargetPod target, Mode mode, PodPortObserver port) {
        this.cluster = cluster;
        this.target = target;
        this.mode = mode;
        this.port = port;
        this.delays = new StartDelayWatch(cluster, mode);
    }

    void watch(StartObserver starts) {
        delays.tell(starts);
    }

    /** Returns {@link StartDelayWatch#inVain} for the new container. */
    @Nullable
    String inVain(StartDelay.Also also) {
        return delays.inVain(target, replacement.replaced(), also);
    }

    /** Returns {@link StartDelayWatch#suffix}. */
    String delay() {
        return delays.suffix();
    }

    /** Notes that the wait for the new container is over. */
    void awaited() {
        delays.over(target);
    }

    /** The pod that runs the server now. */
    TargetPod target() {
        return target;
    }

    Replacement replacement() {
        return replacement;
    }

    /** Returns {@link PodControl#answeringNanos}. */
    long answeringNanos() {
        return cluster.answeringNanos();
    }

    /** Returns {@link ContainerAgent#backOff} of the last replacement. */
    boolean isHeldBack() {
        return heldBack;
    }

    /** Returns {@link ContainerAgent#freshNamespace} of the last replacement. */
    @Nullable
    Boolean freshNamespace() {
        return freshNamespace;
    }

    /**
     * Orders the replacement of the container. Then looks at the port until the old container is gone or the new one is
     * there.
     *
     * @param atMost how long the replacement may take
     * @param presence is told when a look shows that the old server is gone, because the order does not end it at once
     * @throws KubernetesClientException when the replacement takes too long, or the API server refuses it
     */
    void replace(Duration atMost, ServerPresence presence) throws InterruptedException {
        Pod pod = order();
        Duration longest = mode == Mode.container ? shorter(atMost, inGrace(pod)) : atMost;
        long deadline = cluster.answeringNanos() + longest.toNanos();
        while (cluster.answeringNanos() - deadline < 0) {
            PortForecast seen = port.see();
            boolean ended = isOldEnded();
            boolean replaced = ended || hasSuccessor();
            if (port.isOldGone(seen) || ended) {
                presence.gone();
            }
            if (replaced) {
                port.replaced(seen, ended);
                return;
            }
            String vain = inVain(StartDelay.Also.nothing);
            if (vain != null) {
                throw new KubernetesClientException("the new container is waited for in vain: " + vain);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        throw new KubernetesClientException("the server's container did not end within " + longest.toSeconds()
                + " s of the order" + delay()
                + (mode == Mode.container
                        ? " (" + StopCommand.shown(StopCommand.of(target))
                                + "); write spec.target.workloadRef.stopCommand, a command that ends its main process"
                        : ""));
    }

    /**
     * Returns the pod's grace period and a little more. A main process that still runs after that time does not react
     * to the stop command.
     */
    private static Duration inGrace(Pod pod) {
        Long seconds = pod.getSpec() == null ? null : pod.getSpec().getTerminationGracePeriodSeconds();
        return Duration.ofSeconds(seconds == null ? DEFAULT_GRACE_SECONDS : seconds)
                .plus(AFTER_GRACE);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Orders the end of the running container, in the way that the restart mode says. */
    private Pod order() throws InterruptedException {
        Pod pod = cluster.pod(target);
        String gone = target.gone(pod);
        if (pod == null || gone != null) {
            throw new KubernetesClientException(gone);
        }
        if (newest(pod) instanceof ObservedContainer.Runs(String id)) {
            over.add(id);
        }
        Set<String> oldPods = mode == Mode.container ? Set.of() : cluster.pods(target);
        freshNamespace = null;
        restartsBefore = ObservedContainer.restarts(pod, target.container());
        port.replacing();
        delays.ordered();
        heldBack = false;
        replacement = new Replacement.Ordered(System.nanoTime(), oldPods);
        switch (mode) {
            case pod -> cluster.evict(target);
            case rollout -> cluster.rollOut(target, Instant.now());
            case container, listener, process ->
                cluster.exec(target, StopCommand.of(target).toArray(new String[0]));
        }
        return pod;
    }

    /** Returns {@link TargetPod#gone}; null while the pod is being replaced by order of this class. */
    @Nullable
    String gone(@Nullable Pod pod) {
        return replacement.replaced().contains(target.podUid()) ? null : target.gone(pod);
    }

    /** Whether the old container has ended. In a rollout, the new pod may already run beside it. */
    private boolean isOldEnded() {
        Pod pod = cluster.pod(target);
        return pod == null
                || switch (newest(pod)) {
                    case ObservedContainer.None _ -> false;
                    case ObservedContainer.Ended _ -> true;
                    case ObservedContainer.Runs(String id) -> !isOver(id);
                };
    }

    /** Whether a rollout has brought a new pod beside the old one. */
    private boolean hasSuccessor() {
        return mode == Mode.rollout && cluster.successor(target, replacement.replaced()) != null;
    }

    /** Returns the pod that runs the new generation, and makes it the target; null if there is none yet. */
    @Nullable
    Pod found() throws InterruptedException {
        Set<String> oldPods = replacement.replaced();
        if (oldPods.isEmpty() || !oldPods.contains(target.podUid())) {
            return cluster.pod(target);
        }
        TargetPod now = cluster.successor(target, oldPods);
        if (now == null) {
            return null;
        }
        boolean fresh = isFresh(now);
        freshNamespace = fresh;
        target = now;
        port.follow(now, fresh);
        return cluster.pod(now);
    }

    /** Returns the state of the server's container that started last. */
    ObservedContainer newest(Pod pod) {
        return ObservedContainer.newest(pod, target.container());
    }

    /**
     * The container that has replaced the old one.
     *
     * @param runs whether the container still runs
     * @param samePort whether it uses the old container's network namespace, because it is in the same pod or on the
     *     network of the same node
     */
    record Successor(String id, boolean runs, boolean samePort) {}

    /** Returns the container that has replaced the old one; null while there is none. Does not change the target. */
    @Nullable
    Successor successor() {
        Set<String> oldPods = replacement.replaced();
        TargetPod where = oldPods.isEmpty() ? target : cluster.successor(target, oldPods);
        Pod pod = where == null ? null : cluster.pod(where);
        if (where == null || pod == null) {
            return null;
        }
        boolean samePort = oldPods.isEmpty() || !isFresh(where);
        return switch (newest(pod)) {
            case ObservedContainer.None _ -> null;
            case ObservedContainer.Runs(String id) -> isOver(id) ? null : new Successor(id, true, samePort);
            case ObservedContainer.Ended ended ->
                isOver(ended.id()) ? null : new Successor(ended.id(), false, samePort);
        };
    }

    /** Whether the new pod has another network namespace than the old one. */
    private boolean isFresh(TargetPod now) {
        return now.network() != TargetPod.Network.hostNetwork || !Objects.equals(now.node(), target.node());
    }

    /** Whether the new container runs. */
    boolean isRunning(@Nullable Pod pod) {
        return pod != null && newest(pod) instanceof ObservedContainer.Runs(String id) && !isOver(id);
    }

    boolean isOver(String container) {
        return over.contains(container);
    }

    /** Whether a new container has started since the last order. */
    boolean isBegun() {
        return replacement instanceof Replacement.Started;
    }

    /** Notes that the container has ended; returns whether this is news. */
    boolean endsNow(String container) {
        return over.add(container);
    }

    /** Whether the pod's present container is the first one that started since the last order. */
    boolean isFirst(Pod pod) {
        Integer restarts = ObservedContainer.restarts(pod, target.container());
        return restarts != null
                && restartsBefore != null
                && restarts == (replacement.replaced().isEmpty() ? restartsBefore + 1 : 0);
    }

    /** Notes that a look showed that the new container runs, or has run. */
    void started() {
        if (replacement instanceof Replacement.Ordered) {
            heldBack = delays.backOff();
        }
        replacement = replacement.started(System.nanoTime());
    }

    /**
     * Notes that the new container started in the old container's pod. It has the same network namespace, because the
     * namespace belongs to the pod's sandbox.
     */
    void inItsPod() {
        if (mode == Mode.container && freshNamespace == null) {
            freshNamespace = false;
        }
    }

    /** Whether the new container runs and listens, and still does so a second later. */
    boolean isListening(Pod pod) throws InterruptedException {
        return newest(pod) instanceof ObservedContainer.Runs(String id)
                && !isOver(id)
                && listens(port.see().view(), id, pod)
                && isSteady(id);
    }

    /** Waits a second; returns whether the container then still runs and listens. */
    boolean isSteady(String id) throws InterruptedException {
        Thread.sleep(STEADY);
        Pod pod = cluster.pod(target);
        return pod != null
                && newest(pod) instanceof ObservedContainer.Runs(String now)
                && now.equals(id)
                && listens(port.see().view(), id, pod);
    }

    /** Whether a recent look shows that this container listens. */
    boolean listens(PortView view, String id, Pod pod) {
        return port.isListening(view, id, pod, this::isAlone);
    }

    /**
     * Whether no other server can answer at the pod's address. On the host's network, an old pod of the workload could.
     */
    private boolean isAlone() {
        return target.network() != TargetPod.Network.hostNetwork || !oldPodsRemain();
    }

    /**
     * Whether a rollout's old pods are still there and may hold up the new ones. If both use the port of the same node,
     * the old pod keeps the port.
     */
    boolean isHeldUp() {
        return mode == Mode.rollout && target.network() != TargetPod.Network.pod && oldPodsRemain();
    }

    private boolean oldPodsRemain() {
        return cluster.pods(target).stream().anyMatch(replacement.replaced()::contains);
    }
}
