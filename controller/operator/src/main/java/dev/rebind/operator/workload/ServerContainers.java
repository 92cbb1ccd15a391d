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
 * Which container of a workload runs the old generation of its server, and which the new one. A container that was told to end, or
 * has ended, is over; the newest one that is not over is the new one. For one thread, but for what is only read.
 */
final class ServerContainers {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    /** Of Kubernetes, where a pod says nothing else. */
    private static final long DEFAULT_GRACE_SECONDS = 30;

    private static final Duration AFTER_GRACE = Duration.ofSeconds(30);
    /** A server that listens and ends within this has not come to stay: a bind may follow a listen on another address. */
    private static final Duration STEADY = Duration.ofSeconds(1);

    private final PodControl cluster;
    private final Mode mode;
    private final PodPortObserver port;
    private final Set<String> over = new HashSet<>();
    private volatile TargetPod target;
    private volatile Replacement replacement = new Replacement.None();
    private volatile @Nullable Boolean freshNamespace;

    /** @param port goes with the pod */
    ServerContainers(PodControl cluster, TargetPod target, Mode mode, PodPortObserver port) {
        this.cluster = cluster;
        this.target = target;
        this.mode = mode;
        this.port = port;
    }

    /** The pod as it is now. */
    TargetPod target() {
        return target;
    }

    Replacement replacement() {
        return replacement;
    }

    /** As {@link ContainerAgent#freshNamespace}. */
    @Nullable
    Boolean freshNamespace() {
        return freshNamespace;
    }

    /**
     * Orders the replacement, and looks at the port until the old container is gone or the new one is there.
     *
     * @param presence is told when the old server is seen to be gone: the order alone does not end it
     * @throws KubernetesClientException when that does not come to pass in time, or the API server refuses
     */
    void replace(Duration atMost, ServerPresence presence) throws InterruptedException {
        Pod pod = order();
        Duration longest = mode == Mode.container ? shorter(atMost, inGrace(pod)) : atMost;
        long deadline = System.nanoTime() + longest.toNanos();
        while (System.nanoTime() < deadline) {
            PortForecast seen = port.see();
            boolean ended = isOldEnded();
            boolean replaced = ended || hasSuccessor();
            if (port.isOldGone(seen) || ended) {
                presence.gone();
            }
            if (replaced) {
                port.replaced(seen);
                return;
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        throw new KubernetesClientException("the server's container did not end within " + longest.toSeconds()
                + " s of the order"
                + (mode == Mode.container
                        ? " (" + StopCommand.shown(StopCommand.of(target))
                                + "); write spec.target.workloadRef.stopCommand, a command that ends its main process"
                        : ""));
    }

    /** A main process that is still there after its pod's grace period, and a little, does not end by the command. */
    private static Duration inGrace(Pod pod) {
        Long seconds = pod.getSpec() == null ? null : pod.getSpec().getTerminationGracePeriodSeconds();
        return Duration.ofSeconds(seconds == null ? DEFAULT_GRACE_SECONDS : seconds)
                .plus(AFTER_GRACE);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Tells the running container to end, in the mode's way. */
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
        port.replacing();
        replacement = new Replacement.Ordered(System.nanoTime(), oldPods);
        switch (mode) {
            case pod -> cluster.evict(target);
            case rollout -> cluster.rollOut(target, Instant.now());
            case container, listener, process ->
                cluster.exec(target, StopCommand.of(target).toArray(new String[0]));
        }
        return pod;
    }

    /** As {@link TargetPod#gone}; null while the pod is being replaced as it was told to be. */
    @Nullable
    String gone(@Nullable Pod pod) {
        return replacement.replaced().contains(target.podUid()) ? null : target.gone(pod);
    }

    /** Whether the old container has ended; a successor elsewhere may run beside it. */
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

    /** The pod that runs the new generation, with the agent of its node; null where there is none yet. */
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
        boolean sameNode = Objects.equals(now.node(), target.node());
        boolean onHost = now.network() == TargetPod.Network.hostNetwork;
        boolean fresh = !onHost || !sameNode;
        freshNamespace = fresh;
        target = now;
        port.follow(now, fresh);
        return cluster.pod(now);
    }

    /** The container of the server that was started last. */
    ObservedContainer newest(Pod pod) {
        return ObservedContainer.newest(pod, target.container());
    }

    /** Whether the new container runs. */
    boolean isRunning(@Nullable Pod pod) {
        return pod != null && newest(pod) instanceof ObservedContainer.Runs(String id) && !isOver(id);
    }

    boolean isOver(String container) {
        return over.contains(container);
    }

    /** Whether that the container has ended was not known. */
    boolean endsNow(String container) {
        return over.add(container);
    }

    /** The new container was seen to run, or to have run. */
    void started() {
        replacement = replacement.started(System.nanoTime());
    }

    /** A container that comes in the pod of the old one has its network namespace: the sandbox, and its namespace, is the pod's. */
    void inItsPod() {
        if (mode == Mode.container && freshNamespace == null) {
            freshNamespace = false;
        }
    }

    /** Whether the new container runs and listens, and goes on to. */
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

    /** Whether a look of just now shows that this container listens. */
    boolean listens(PortView view, String id, Pod pod) {
        return port.isListening(view, id, pod, this::isAlone);
    }

    /** Whether nobody else can answer at the pod's address: on the host's network another pod of the workload could. */
    private boolean isAlone() {
        return target.network() != TargetPod.Network.hostNetwork || !oldPodsRemain();
    }

    /** Whether pods that a rollout was to replace are still there. On the network of one node they keep the port from the new ones. */
    boolean isHeldUp() {
        return mode == Mode.rollout && target.network() != TargetPod.Network.pod && oldPodsRemain();
    }

    private boolean oldPodsRemain() {
        return cluster.pods(target).stream().anyMatch(replacement.replaced()::contains);
    }
}
