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
 * Observes a pod's port while a new container replaces the old one: what the old server leaves, what is on the port while
 * the new one starts, and what was there when the start failed. For one thread, except {@link #forecast} and {@link #why}.
 */
final class PodPortObserver implements AutoCloseable {
    private final PodPort port;
    private final OutsideView outside = new OutsideView();
    private final ObservedRelease release = new ObservedRelease();
    private volatile Shown shown = Shown.now;
    /** What the old server has left; shown unless looks show the port as it is. */
    private volatile PortForecast left = PodPort.unreadable("nothing was restarted yet");
    /** The last look between the old server's listener and the next one. */
    private @Nullable PortView residue;
    /** What was left before the new container started, where no look fell between. */
    private @Nullable InferredResidue before;
    /** The last look at the port that showed anything while the newest container ran. */
    private @Nullable PortForecast meanwhile;
    /** The container that ran then. */
    private @Nullable String meanwhileOf;

    private @Nullable PortForecast atFailure;

    /** What looks show. */
    private enum Shown {
        /** The port as it is. */
        now,
        /** What the old server has left. It still changes: clients have not closed their connections yet, for example. */
        settling,
        /** What the old server has left. Another look would not show more of it. */
        past
    }

    PodPortObserver(PodPort port) {
        this.port = port;
    }

    /**
     * Prepares for the order to end the old server. The agent of the node finds the host's namespace through a pod that
     * still runs.
     */
    void replacing() {
        residue = null;
        before = null;
        // They are of a server that is about to end.
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

    /**
     * Whether the old server's listener is gone. Such a look shows what the server has left, unless another one listens
     * already.
     */
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
     * The old container has ended, or the new one is there.
     *
     * @param last the look before that was known
     * @param ended whether the old one has ended
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

    /** Whether what the old server has left may still be seen to change. */
    boolean isSettling() {
        return shown == Shown.settling;
    }

    boolean isPast() {
        return shown == Shown.past;
    }

    /**
     * Looks again at what the old server has left. A look counts only if nothing can have come from a new server: nobody
     * listens, no connection is there that the look before did not show, and no new container has ended. One that runs on
     * another port, of its own pod or of another node, is not seen by such looks.
     *
     * @param successor asked for after the look; null while there is none
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

    /** Whether a look shows what is not the old server's. A port on which nobody listens gets no new connection. */
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

    /** From now on looks show the port as it is. */
    void showNow() {
        shown = Shown.now;
    }

    /** This container is the newest: what was seen while another one ran says nothing of it. */
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
     * Finds out by their timers which sockets are older than the first new container, where no look fell between the two servers.
     *
     * @param view a look from just now
     * @param started when that container started, as the kubelet reports it; null if it does not
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

    /** As {@link dev.rebind.engine.Backend#leftBefore}. */
    @Nullable
    InferredResidue leftBefore() {
        return before;
    }

    /** Whether the new listener proves that SO_REUSEADDR is set, because it is bound beside what the old server left. */
    boolean provesReuse() {
        PortView after = port.see().view();
        return residue != null && OutsideView.reuseProven(residue, after);
    }

    /** The same start, with the release as far as looks showed it. */
    Start.Bound told(Start.Bound bound) {
        return release.told(bound);
    }

    /**
     * What stood in the way of a container that has ended. The controller sees its end some time after its bind, so the
     * obstacle may be gone by now. Then the last look from before its end counts.
     */
    PortView failed() {
        PortForecast after = port.see();
        PortForecast before = meanwhile;
        PortForecast at = PodPort.isAnything(after.view()) || before == null ? after : before;
        atFailure = at;
        return at.view();
    }

    /** As {@link dev.rebind.agent.Agent#forecast}; the agent of the node predicts the release. */
    PortForecast forecast() {
        if (shown != Shown.now) {
            return left;
        }
        PortForecast now = port.look().forecast();
        release.saw(now.view());
        return now;
    }

    /** As {@link TargetSession#why}. */
    String why() throws AgentException, InterruptedException {
        if (shown != Shown.now) {
            throw new AgentException("its container is being replaced");
        }
        return port.why();
    }

    /** Explains why a container ended before it listened, and from then on watches what stood in its way. */
    ExplainedFailure explain(
            Start.Failed failed, @Nullable Boolean oldReuse, @Nullable Boolean newReuse, int oldGeneration) {
        PortForecast seen = atFailure == null ? forecast() : atFailure;
        Explanation explanation = outside.explain(failed, seen, oldReuse, newReuse, oldGeneration, port.old());
        var failure = new ExplainedFailure(failed, explanation, seen.view());
        release.begin(failure);
        return failure;
    }

    /** @param otherNamespace whether the new pod has another network namespace than the old one had */
    void follow(TargetPod now, boolean otherNamespace) throws InterruptedException {
        if (otherNamespace) {
            release.forget();
        }
        port.follow(now);
    }

    /** As {@link PodPort#isListening}. */
    boolean isListening(PortView view, String container, Pod there, BooleanSupplier alone) {
        return port.isListening(view, container, there, alone);
    }

    @Override
    public void close() {
        port.close();
    }
}
