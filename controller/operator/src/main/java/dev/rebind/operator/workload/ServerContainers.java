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
 * Knows which container of a workload runs the old generation of its server, and which the new one. A container is over if
 * it was told to end or has ended. The newest container that is not over is the new one. One thread may change this; others
 * may read.
 */
final class ServerContainers {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    /** The default of Kubernetes for a pod that names no grace period. */
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
    /** How often the kubelet had started the container again before the order; null if it did not say. */
    private @Nullable Integer restartsBefore;

    /** @param port moves with the pod */
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

    /** As {@link StartDelayWatch#inVain}, of the container that is to come. */
    @Nullable
    String inVain(StartDelay.Also also) {
        return delays.inVain(target, replacement.replaced(), also);
    }

    /** As {@link StartDelayWatch#suffix}. */
    String delay() {
        return delays.suffix();
    }

    /** The new container is not waited for any more. */
    void awaited() {
        delays.over(target);
    }

    /** The pod as it is now. */
    TargetPod target() {
        return target;
    }

    Replacement replacement() {
        return replacement;
    }

    /** As {@link PodControl#answeringNanos}. */
    long answeringNanos() {
        return cluster.answeringNanos();
    }

    /** As {@link ContainerAgent#backOff}. */
    boolean isHeldBack() {
        return heldBack;
    }

    /** As {@link ContainerAgent#freshNamespace}. */
    @Nullable
    Boolean freshNamespace() {
        return freshNamespace;
    }

    /**
     * Orders the replacement, and looks at the port until the old container is gone or the new one is there.
     *
     * @param presence told when the old server is seen to be gone, because the order alone does not end it
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

    /** The grace period of the pod and a little more. A main process that still runs after it does not react to the command. */
    private static Duration inGrace(Pod pod) {
        Long seconds = pod.getSpec() == null ? null : pod.getSpec().getTerminationGracePeriodSeconds();
        return Duration.ofSeconds(seconds == null ? DEFAULT_GRACE_SECONDS : seconds)
                .plus(AFTER_GRACE);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Orders the end of the running container, in the way of the restart mode. */
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

    /** As {@link TargetPod#gone}; null while the pod is being replaced as ordered. */
    @Nullable
    String gone(@Nullable Pod pod) {
        return replacement.replaced().contains(target.podUid()) ? null : target.gone(pod);
    }

    /** Whether the old container has ended. A successor in another pod may run beside it. */
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

    /** The pod that runs the new generation, with the agent of its node; null if there is none yet. */
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

    /** The container of the server that started last. */
    ObservedContainer newest(Pod pod) {
        return ObservedContainer.newest(pod, target.container());
    }

    /**
     * The container that has replaced the old one.
     *
     * @param runs whether it still does
     * @param samePort whether it is where the old one was: in its pod, or on its node's network
     */
    record Successor(String id, boolean runs, boolean samePort) {}

    /** Null while there is none. The old container stays the target. */
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

    /** Whether a pod in the place of the old one has another network namespace. */
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

    /** Whether a new container was seen to run, or to have run, since the last order. */
    boolean isBegun() {
        return replacement instanceof Replacement.Started;
    }

    /** Whether the end of the container is news. */
    boolean endsNow(String container) {
        return over.add(container);
    }

    /** Whether no other new container came and went before the one that this pod has now. */
    boolean isFirst(Pod pod) {
        Integer restarts = ObservedContainer.restarts(pod, target.container());
        return restarts != null
                && restartsBefore != null
                && restarts == (replacement.replaced().isEmpty() ? restartsBefore + 1 : 0);
    }

    /** Notes that the new container was seen to run, or to have run. */
    void started() {
        if (replacement instanceof Replacement.Ordered) {
            heldBack = delays.backOff();
        }
        replacement = replacement.started(System.nanoTime());
    }

    /**
     * Notes that the new container came in the old one's pod, and so in the same network namespace: the namespace belongs to
     * the pod's sandbox.
     */
    void inItsPod() {
        if (mode == Mode.container && freshNamespace == null) {
            freshNamespace = false;
        }
    }

    /** Whether the new container runs and listens, and still does a moment later. */
    boolean isListening(Pod pod) throws InterruptedException {
        return newest(pod) instanceof ObservedContainer.Runs(String id)
                && !isOver(id)
                && listens(port.see().view(), id, pod)
                && isSteady(id);
    }

    /** Whether the container still runs and listens a moment later. */
    boolean isSteady(String id) throws InterruptedException {
        Thread.sleep(STEADY);
        Pod pod = cluster.pod(target);
        return pod != null
                && newest(pod) instanceof ObservedContainer.Runs(String now)
                && now.equals(id)
                && listens(port.see().view(), id, pod);
    }

    /** Whether a new look shows that this container listens. */
    boolean listens(PortView view, String id, Pod pod) {
        return port.isListening(view, id, pod, this::isAlone);
    }

    /** Whether nobody else can answer at the pod's address. On the host's network, another pod of the workload could. */
    private boolean isAlone() {
        return target.network() != TargetPod.Network.hostNetwork || !oldPodsRemain();
    }

    /**
     * Whether pods that a rollout was to replace are still there. On the same node's network they keep the port from the new
     * pods.
     */
    boolean isHeldUp() {
        return mode == Mode.rollout && target.network() != TargetPod.Network.pod && oldPodsRemain();
    }

    private boolean oldPodsRemain() {
        return cluster.pods(target).stream().anyMatch(replacement.replaced()::contains);
    }
}
