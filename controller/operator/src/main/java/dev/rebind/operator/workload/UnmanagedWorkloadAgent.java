package dev.rebind.operator.workload;

import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.OutsideView;
import dev.rebind.agent.PortView;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.experiment.ExperimentSpec.Mode;
import dev.rebind.record.CycleRecord;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.release.ReleasePredictor;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Restarts a workload that has no agent of Rebind's in it. A generation is what a container runs by itself: a container
 * that ends before it listens has failed, and why is told by its last words and by the agent of its node, which looks at
 * the port from outside. What neither tells is not known, and is not guessed. For one thread, but for looks.
 *
 * <p>It is longer than others: what is seen while one container is replaced by another decides what is said of both, so that
 * stop, start and giving back read and write the same few facts.
 */
final class UnmanagedWorkloadAgent implements ContainerAgent {
    /** The kubelet's longest back-off is five minutes. */
    private static final Duration LONGEST_START = Duration.ofMinutes(8);
    /** After so long a rollout has ended its old pods, if it ends them at all: a minute of TIME_WAIT and the usual grace period. */
    private static final Duration ROLLED_OUT = Duration.ofSeconds(90);
    /** How long a container may run without listening before it is said that it does not. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);
    /** A pod may take its whole grace period to end. */
    private static final Duration LONGEST_STOP = Duration.ofMinutes(5);

    /** Of Kubernetes, where a pod says nothing else. */
    private static final long DEFAULT_GRACE_SECONDS = 30;

    private static final Duration AFTER_GRACE = Duration.ofSeconds(30);
    private static final Duration RESTORING = Duration.ofSeconds(25);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    /** A server that listens and ends within this has not come to stay: a bind may follow a listen on another address. */
    private static final Duration STEADY = Duration.ofSeconds(1);

    private static final ServerPresence NOBODY = new ServerPresence() {
        @Override
        public void gone() {}

        @Override
        public void bound() {}
    };

    private final PodControl cluster;
    private final Place place;
    private final Mode mode;
    private final ReuseToggle toggle;
    private final PodPort port;
    private final OutsideView outside = new OutsideView(new ReleasePredictor());
    private volatile TargetPod target;
    private volatile @Nullable PortView left;
    /** Containers that ended, or were told to. */
    private final Set<String> over = new HashSet<>();

    private Set<String> oldPods = Set.of();

    private volatile @Nullable Boolean freshNamespace;
    private volatile @Nullable Double startMillis;
    private long ordered;
    /** Whether what the running container was told is not known. */
    private boolean doubtful;
    /** Whether the generation that is started next comes after one that was stopped. */
    private boolean stopped;

    private volatile ServerPresence presence = NOBODY;

    private @Nullable PortView residue;
    /** The last look at the port that showed anything while the newest container ran. */
    private @Nullable PortView meanwhile;

    private @Nullable PortView atFailure;
    private @Nullable Boolean oldReuse;
    private @Nullable Boolean newReuse;
    private int generation;
    private boolean reuseProven;

    UnmanagedWorkloadAgent(
            PodControl cluster, TargetPod target, Supplier<String> token, Place place, Mode mode, ToggleBackup backup)
            throws AgentException, InterruptedException {
        this.cluster = cluster;
        this.target = target;
        this.place = place;
        this.mode = mode;
        this.toggle = new ReuseToggle(cluster, target, backup);
        this.doubtful = toggle.inherited();
        this.port = new PodPort(token, place, target);
    }

    /** Has this told when the old server is seen to be gone: the order alone does not end it. */
    void watch(ServerPresence watching) {
        presence = watching;
    }

    @Override
    public TargetPod target() {
        return target;
    }

    @Override
    public @Nullable Boolean freshNamespace() {
        return freshNamespace;
    }

    /** Until the kubelet ran the new container for the first time. */
    @Override
    public @Nullable Double startMillis() {
        return startMillis;
    }

    /** The settings of another network namespace are not seen from outside. */
    @Override
    public boolean ephemeral(int port) {
        return false;
    }

    /** Nobody but this controller holds it. */
    @Override
    public @Nullable String lost() {
        return null;
    }

    @Override
    public void prepare(boolean reuseAddress) {
        toggle.give(reuseAddress);
    }

    @Override
    public CycleRecord.@Nullable Reuse reuse(CycleRecord.Reuse planned) {
        if (toggle.isThere()) {
            return planned;
        }
        return reuseProven ? new CycleRecord.Reuse(true, true) : null;
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
            left = null;
            return awaited(settings, LONGEST_START);
        } catch (KubernetesClientException e) {
            return new Start.Broken(settings.generation(), String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Start.Broken(settings.generation(), "interrupted while the container was being started");
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
        boolean fits = !doubtful && Objects.equals(toggle.now(), reuseAddress);
        prepare(reuseAddress);
        if (!fits) {
            doubtful = true;
            replace(LONGEST_STOP);
            doubtful = false;
        }
        newReuse = reuseAddress;
    }

    /** Reuses the running container unless its SO_REUSEADDR must change. */
    private Start first(GenerationSettings settings) throws InterruptedException {
        arrange(settings.reuseAddress());
        left = null;
        Start start = awaited(settings, LONGEST_START);
        long deadline = System.nanoTime() + LONGEST_START.toNanos();
        while (start instanceof Start.Failed && System.nanoTime() < deadline) {
            start = awaited(settings, LONGEST_START);
        }
        return start;
    }

    /** A reset is what ends a generation that nobody wants any more; a workload that is not Rebind's goes on. */
    @Override
    public Stop stop(int generation, StopWay way, Duration gracePeriod) {
        long before = System.nanoTime();
        if (way == StopWay.reset) {
            return new Stop.Stopped(Duration.ZERO, null);
        }
        try {
            oldReuse = newReuse;
            newReuse = null;
            doubtful = true;
            replace(gracePeriod.plus(LONGEST_STOP));
            newReuse = toggle.now();
            doubtful = false;
            stopped = true;
            return new Stop.Stopped(Duration.ofNanos(System.nanoTime() - before), null);
        } catch (KubernetesClientException e) {
            return new Stop.Broken(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Stop.Broken("interrupted while the container was being replaced");
        }
    }

    /** Orders the replacement, and looks at the port until the old container is gone or the new one is there. */
    private void replace(Duration atMost) throws InterruptedException {
        Pod pod = cluster.pod(target);
        if (pod != null
                && ObservedContainer.newest(pod, target.container()) instanceof ObservedContainer.Runs(String id)) {
            over.add(id);
        }
        oldPods = mode == Mode.container ? Set.of() : cluster.pods(target);
        freshNamespace = null;
        startMillis = null;
        reuseProven = false;
        residue = null;
        PortView unseen =
                PodPort.unreadable("no look fell between the end of the old server and the start of the new one");
        left = unseen;
        // Before the order: the agent of the node finds the host's namespace by a pod that is there.
        port.replacing();
        ordered = System.nanoTime();
        switch (mode) {
            case pod -> cluster.evict(target);
            case rollout -> cluster.rollOut(target, Instant.now());
            case container, listener, process ->
                cluster.exec(target, StopCommand.of(target).toArray(new String[0]));
        }
        Duration longest = mode == Mode.container ? shorter(atMost, inGrace(pod)) : atMost;
        long deadline = System.nanoTime() + longest.toNanos();
        while (System.nanoTime() < deadline) {
            PortView view = port.see();
            boolean ended = isOldEnded();
            boolean replaced = ended || (mode == Mode.rollout && cluster.successor(target, oldPods) != null);
            if (view.local() instanceof Snapshot && port.isOldGone(view)) {
                left = view;
                residue = view;
                presence.gone();
            }
            if (ended) {
                presence.gone();
            }
            if (replaced) {
                if (residue == null && view.local() instanceof Reading.Unreadable) {
                    left = view;
                } else if (residue == null && !port.isOldGone(view)) {
                    left = PodPort.unreadable("the old server still listened when the new one was there");
                }
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
    private static Duration inGrace(@Nullable Pod pod) {
        Long seconds =
                pod == null || pod.getSpec() == null ? null : pod.getSpec().getTerminationGracePeriodSeconds();
        return Duration.ofSeconds(seconds == null ? DEFAULT_GRACE_SECONDS : seconds)
                .plus(AFTER_GRACE);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Whether the old container has ended; a successor elsewhere may run beside it. */
    private boolean isOldEnded() {
        Pod pod = cluster.pod(target);
        return pod == null
                || switch (ObservedContainer.newest(pod, target.container())) {
                    case ObservedContainer.None _ -> false;
                    case ObservedContainer.Ended _ -> true;
                    case ObservedContainer.Runs(String id) -> !over.contains(id);
                };
    }

    /** What comes of the newest container that has not been told of yet. */
    private Start awaited(GenerationSettings settings, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        String why = "it has not come back";
        long running = 0;
        String runs = "";
        while (System.nanoTime() < deadline) {
            Pod pod = found();
            if (ordered != 0 && !isRunning(pod)) {
                port.see();
            }
            if (pod == null) {
                why = "no pod has come in its place";
            } else {
                switch (ObservedContainer.newest(pod, target.container())) {
                    case ObservedContainer.None none -> why = "its container was not started: " + none.why();
                    case ObservedContainer.Ended ended -> {
                        if (over.add(ended.id())) {
                            took();
                            return failed(settings, ended);
                        }
                        why = "its container ended, and is not started again yet";
                    }
                    case ObservedContainer.Runs(String id) -> {
                        if (over.contains(id)) {
                            why = "the old container still runs";
                        } else {
                            took();
                            if (!id.equals(runs)) {
                                runs = id;
                                meanwhile = null;
                                running = System.nanoTime();
                            }
                            Start.Bound bound = bound(settings, id, pod);
                            if (bound != null) {
                                return bound;
                            }
                            if (System.nanoTime() - running > LONGEST_SILENCE.toNanos()) {
                                return new Start.Broken(
                                        settings.generation(),
                                        "its container has run for " + LONGEST_SILENCE.toSeconds()
                                                + " s and does not listen on port " + target.port());
                            }
                        }
                    }
                }
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        return new Start.Broken(settings.generation(), why + " within " + atMost.toSeconds() + " s");
    }

    private boolean isRunning(@Nullable Pod pod) {
        return pod != null
                && ObservedContainer.newest(pod, target.container()) instanceof ObservedContainer.Runs(String id)
                && !over.contains(id);
    }

    private void took() {
        if (startMillis == null && ordered != 0) {
            startMillis = (System.nanoTime() - ordered) / 1e6;
        }
    }

    /** The pod that runs the new generation, and the agent of its node. */
    private @Nullable Pod found() throws InterruptedException {
        if (oldPods.isEmpty() || !oldPods.contains(target.podUid())) {
            return cluster.pod(target);
        }
        TargetPod now = cluster.successor(target, oldPods);
        if (now == null) {
            return null;
        }
        boolean sameNode = Objects.equals(now.node(), target.node());
        boolean onHost = now.network() == TargetPod.Network.hostNetwork;
        freshNamespace = !onHost || !sameNode;
        target = now;
        port.follow(now);
        return cluster.pod(now);
    }

    private Start.@Nullable Bound bound(GenerationSettings settings, String id, Pod pod) throws InterruptedException {
        PortView view = port.see();
        if (PodPort.isAnything(view)) {
            meanwhile = view;
        }
        Instant at = Instant.now();
        long nanos = System.nanoTime();
        if (!listens(view, id, pod)) {
            return null;
        }
        if (!isSteady(id)) {
            return null;
        }
        PortView after = port.see();
        if (mode == Mode.container && freshNamespace == null && ordered != 0) {
            // The sandbox, and its namespace, is the pod's.
            freshNamespace = false;
        }
        PortView before = residue;
        reuseProven = before != null && !Boolean.TRUE.equals(freshNamespace) && OutsideView.reuseProven(before, after);
        return new Start.Bound(settings.generation(), place, List.of(), at, nanos);
    }

    private boolean isListening(Pod pod) throws InterruptedException {
        return ObservedContainer.newest(pod, target.container()) instanceof ObservedContainer.Runs(String id)
                && !over.contains(id)
                && listens(port.see(), id, pod)
                && isSteady(id);
    }

    /** Whether the container still runs and listens a moment later. */
    private boolean isSteady(String id) throws InterruptedException {
        Thread.sleep(STEADY);
        Pod pod = cluster.pod(target);
        return pod != null
                && ObservedContainer.newest(pod, target.container()) instanceof ObservedContainer.Runs(String now)
                && now.equals(id)
                && listens(port.see(), id, pod);
    }

    private boolean listens(PortView view, String id, Pod pod) {
        return port.isListening(view, id, pod, this::isAlone);
    }

    /** Without a look, another pod of the workload on the host's network could be what answers. */
    private boolean isAlone() {
        return target.network() != TargetPod.Network.hostNetwork
                || cluster.pods(target).stream().noneMatch(oldPods::contains);
    }

    private Start.Failed failed(GenerationSettings settings, ObservedContainer.Ended ended) {
        // Its end is seen some time after its bind: what stood in the way may be gone by now.
        PortView after = port.see();
        PortView before = meanwhile;
        PortView view = PodPort.isAnything(after) || before == null ? after : before;
        atFailure = view;
        if (mode == Mode.container && freshNamespace == null) {
            freshNamespace = false;
        }
        String errno = ended.errno();
        return new Start.Failed(
                settings.generation(),
                settings,
                errno,
                null,
                null,
                "its container ended with exit code " + ended.exitCode() + " before it was seen to listen"
                        + (errno == null ? ", and its last words name no errno; " + PodPort.described(view) : ""),
                Instant.now(),
                System.nanoTime());
    }

    @Override
    public PortView look(Place at) {
        PortView between = left;
        return between == null ? port.look().port() : between;
    }

    @Override
    public Explanation explain(Start.Failed failed, PortView at) {
        PortView seen = atFailure;
        return outside.explain(failed, seen == null ? at : seen, oldReuse, newReuse, generation - 1, port.old());
    }

    @Override
    public void released(Explanation explanation, PortView at, long releasedNanos, Duration exact) {
        // The kubelet tries after ten seconds and more: too seldom to learn from.
    }

    @Override
    public Clearing clear(Place at) {
        return new Clearing.Refused("nobody may destroy sockets of a workload that is not Rebind's");
    }

    /**
     * Gives the key its own value again, and the workload a container that has read it. What the last container has left on
     * the port may keep the new one from listening for a minute: the target is not given back before it does.
     */
    @Override
    public Restoration giveBack(Duration atMost) throws InterruptedException {
        long since = System.nanoTime();
        boolean restart;
        try {
            restart = toggle.restore();
            if (restart) {
                replace(RESTORING);
                left = null;
            }
        } catch (KubernetesClientException e) {
            String why = FailedCall.why(e);
            cluster.notRestored(target, why);
            return new Restoration.Failed(why);
        }
        return awaitListening(restart ? since : null, atMost);
    }

    /** @param since when its container was told to end; null where it was not */
    private Restoration awaitListening(@Nullable Long since, Duration atMost) throws InterruptedException {
        long began = System.nanoTime();
        boolean always = since == null;
        String why = "";
        while (true) {
            try {
                Pod pod = found();
                long seen = System.nanoTime();
                if (pod != null && isListening(pod)) {
                    return new Restoration.Listening(
                            always ? Duration.ZERO : Duration.ofNanos(seen - (since == null ? began : since)));
                }
            } catch (KubernetesClientException e) {
                why = ": " + e.getMessage();
            }
            always = false;
            if (System.nanoTime() - began >= ROLLED_OUT.toNanos() && isHeldUp()) {
                return new Restoration.NotListening("its new pod does not listen on port " + target.port()
                        + ": an earlier pod of its workload is still there, and a rolling update ends that only once the"
                        + " new one is ready");
            }
            if (System.nanoTime() - began >= atMost.toNanos()) {
                return new Restoration.NotListening("its server was not seen to listen on port " + target.port()
                        + " within " + atMost.toSeconds() + " s" + (since == null ? "" : " of its restart") + why);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    /** Whether pods that a rollout was to replace are still there. On the network of one node they keep the port from the new ones. */
    private boolean isHeldUp() {
        try {
            return mode == Mode.rollout
                    && target.network() != TargetPod.Network.pod
                    && cluster.pods(target).stream().anyMatch(oldPods::contains);
        } catch (KubernetesClientException e) {
            // Not known: the longer time decides.
            return false;
        }
    }

    @Override
    public void close() {
        port.close();
    }
}
