package dev.rebind.operator.workload;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.OutsideView;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.engine.InferredResidue;
import dev.rebind.record.server.SocketFlags;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Observes a pod's port while a new container replaces the old one. It remembers what the old server left, what was on
 * the port while the new server started, and what was there when the start failed. Only one thread may call it, except
 * for {@link #forecast} and {@link #why}.
 */
final class PodPortObserver implements AutoCloseable {
    private final PodPort port;
    private final OutsideView outside = new OutsideView();
    private final ObservedRelease release = new ObservedRelease();
    private volatile Shown shown = Shown.now;
    /** What the old server has left on the port. Looks show this unless {@link #shown} is {@code now}. */
    private volatile PortForecast left = PodPort.unreadable("nothing was restarted yet");
    /**
     * The last look at a time when the old server no longer listened and no other one did yet; null if there was no
     * such look.
     */
    private @Nullable PortView residue;
    /** What the old server left, inferred from socket timers, if no look fell between the two servers. */
    private @Nullable InferredResidue before;
    /** The last look that showed a socket on the port while the newest container ran. */
    private @Nullable PortForecast meanwhile;
    /** The id of the container that ran at the time of {@link #meanwhile}, if a look at the residue took it. */
    private @Nullable String meanwhileOf;

    private @Nullable PortForecast atFailure;

    /** What looks show. */
    private enum Shown {
        /** Looks show the port as it is. */
        now,
        /**
         * Looks show what the old server has left, which may still change, for example when clients close their
         * connections.
         */
        settling,
        /** Looks show what the old server has left. Another look would not show more of it. */
        past
    }

    PodPortObserver(PodPort port) {
        this.port = port;
    }

    /**
     * Prepares for the order to end the old server. This comes before the order, because the node's agent finds the
     * host's network namespace through a pod that still runs.
     */
    void replacing() {
        residue = null;
        before = null;
        // These looks are about a server that is about to end.
        meanwhile = null;
        meanwhileOf = null;
        atFailure = null;
        left = PodPort.unreadable(
                "nobody looked at the port between the end of the old server and the start of the new one");
        shown = Shown.past;
        port.replacing();
    }

    SocketFlags flags() {
        return port.flags();
    }

    /** Looks at the port now, and remembers which containers ran when each new listener appeared. */
    PortForecast see() {
        PortForecast seen = port.see();
        release.saw(seen.view());
        return seen;
    }

    /** Whether the old server's listener is gone. If nobody listens, keeps the look as what the old server has left. */
    boolean isOldGone(PortForecast seen) {
        boolean gone = seen.view().local() instanceof Snapshot && port.isOldGone(seen.view());
        if (gone && ListenerTracker.isNobodyListening(seen.view())) {
            left(seen);
        }
        return gone;
    }

    private void left(PortForecast seen) {
        left = seen;
        residue = seen.view();
    }

    /**
     * Notes that the old container has ended, or that the new one is there.
     *
     * @param last the last look before that became known
     * @param ended whether the old container has ended
     */
    void replaced(PortForecast last, boolean ended) {
        if (residue == null) {
            if (last.view().local() instanceof Reading.Unreadable) {
                left = last;
            } else if (!port.isOldGone(last.view())) {
                left = PodPort.unreadable("the old server still listened when the new one was there");
            }
        }
        shown = ended || residue != null ? Shown.settling : Shown.past;
    }

    /** Whether another look may still show a change in what the old server has left. */
    boolean isSettling() {
        return shown == Shown.settling;
    }

    boolean isPast() {
        return shown == Shown.past;
    }

    /**
     * Looks again at what the old server has left. A look counts only if no socket on the port can come from a new
     * server: nobody listens, there is no connection that the look before did not show, and no new container has ended.
     * The looks end when a new container is in another network namespace, because they do not see its port.
     *
     * @param successor gives the new container, null while there is none; asked after the look
     */
    void settle(Supplier<ServerContainers.@Nullable Successor> successor) {
        PortForecast seen = port.see();
        if (isOthers(seen.view())) {
            shown = Shown.past;
            return;
        }
        if (successor.get() instanceof ServerContainers.Successor(String id, boolean runs, boolean samePort)) {
            if (!runs || !samePort) {
                shown = Shown.past;
                return;
            }
            if (PodPort.isAnything(seen.view())) {
                meanwhile = seen;
                meanwhileOf = id;
            }
        }
        switch (seen.view().local()) {
            case Snapshot _ -> {
                if (ListenerTracker.isNobodyListening(seen.view())) {
                    left(seen);
                }
            }
            case Reading.Unreadable _ -> {
                if (residue == null) {
                    left = seen;
                    shown = Shown.past;
                }
            }
        }
    }

    /**
     * Whether a look shows a socket that is not the old server's. A port on which nobody listens gets no new
     * connection, so a new connection belongs to a new server.
     */
    private boolean isOthers(PortView view) {
        boolean listens = port.isOldGone(view) && !ListenerTracker.isNobodyListening(view);
        return listens || (residue != null && !connections(residue).containsAll(connections(view)));
    }

    private static Set<List<Endpoint>> connections(PortView view) {
        return view.local() instanceof Snapshot snapshot
                ? snapshot.sockets().stream()
                        .map(socket -> List.of(socket.local(), socket.remote()))
                        .collect(Collectors.toSet())
                : Set.of();
    }

    /** Makes looks show the port as it is from now on. */
    void showNow() {
        shown = Shown.now;
    }

    /** Notes that this container is the newest. Forgets what a look showed while another container ran. */
    void newContainer(String id) {
        if (!id.equals(meanwhileOf)) {
            meanwhile = null;
        }
    }

    /** Looks at the port while the new container runs. */
    PortView seeNew() {
        PortForecast seen = see();
        if (PodPort.isAnything(seen.view())) {
            meanwhile = seen;
        }
        return seen.view();
    }

    /**
     * Infers from socket timers which TIME_WAIT sockets are older than the first new container, if no look fell between
     * the two servers.
     *
     * @param view a look from just now
     * @param started when the new container started, as the kubelet reports it; null if it reports nothing
     */
    void older(PortView view, @Nullable Instant started) {
        Duration timeWait = port.timeWait();
        if (residue != null
                || before != null
                || started == null
                || timeWait == null
                || !(view.local() instanceof Snapshot seen)) {
            return;
        }
        List<TcpSocket> older = OlderSockets.than(started, seen, timeWait);
        if (!older.isEmpty()) {
            before = new InferredResidue(
                    older,
                    "what was in TIME_WAIT before the new container started, at " + started
                            + ", as the timers show: the node's kernel keeps a TIME_WAIT for " + timeWait.toSeconds()
                            + " s, and its clock is taken to be right to " + OlderSockets.CLOCK.toSeconds() + " s");
        }
    }

    /** Returns {@link dev.rebind.engine.Backend#leftBefore}. */
    @Nullable
    InferredResidue leftBefore() {
        return before;
    }

    /** Whether the new listener proves that SO_REUSEADDR is set, because it is bound beside what the old server left. */
    boolean provesReuse() {
        PortView after = port.see().view();
        return residue != null && OutsideView.reuseProven(residue, after);
    }

    /** Returns the start with the observed release of the port added, as far as looks showed it. */
    Start.Bound told(Start.Bound bound) {
        return release.told(bound);
    }

    /**
     * Looks for what blocked a container that has ended. The controller sees the container's end some time after its
     * bind, so the obstacle may be gone by now. In that case the method returns the last look that showed something
     * while the container ran.
     */
    PortView failed() {
        PortForecast after = port.see();
        PortForecast before = meanwhile;
        PortForecast at = PodPort.isAnything(after.view()) || before == null ? after : before;
        atFailure = at;
        return at.view();
    }

    /**
     * Returns what the old server has left, or the port now, with the releases that the agent of the node predicts. See
     * {@link dev.rebind.agent.Agent#forecast}.
     */
    PortForecast forecast() {
        if (shown != Shown.now) {
            return left;
        }
        PortForecast now = port.look().forecast();
        release.saw(now.view());
        return now;
    }

    /** Explains the port, see {@link TargetSession#why}. */
    String why() throws AgentException, InterruptedException {
        if (shown != Shown.now) {
            throw new AgentException("its container is being replaced");
        }
        return port.why();
    }

    /**
     * Explains why a container ended before it listened, and begins to watch the blocking sockets for their release.
     */
    ExplainedFailure explain(
            Start.Failed failed, @Nullable Boolean oldReuse, @Nullable Boolean newReuse, int oldGeneration) {
        PortForecast seen = atFailure == null ? forecast() : atFailure;
        Explanation explanation = outside.explain(failed, seen, oldReuse, newReuse, oldGeneration, port.old());
        var failure = new ExplainedFailure(failed, explanation, seen.view());
        release.begin(failure);
        return failure;
    }

    /**
     * Follows the server to a new pod.
     *
     * @param otherNamespace whether the new pod has another network namespace than the old one had
     */
    void follow(TargetPod now, boolean otherNamespace) throws InterruptedException {
        if (otherNamespace) {
            release.forget();
        }
        port.follow(now);
    }

    /** Whether a container listens, see {@link PodPort#isListening}. */
    boolean isListening(PortView view, String container, Pod there, BooleanSupplier alone) {
        return port.isListening(view, container, there, alone);
    }

    @Override
    public void close() {
        port.close();
    }
}
