package dev.rebind.operator.workload;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.OutsideView;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Observes a pod's port while a new container replaces the old one: what the old server leaves, what is on the port while
 * the new one starts, and what was there when the start failed. For one thread, except {@link #forecast}.
 */
final class PodPortObserver implements AutoCloseable {
    private final PodPort port;
    private final OutsideView outside = new OutsideView();
    private final ObservedRelease release = new ObservedRelease();
    /** What the old server has left. Looks show it until the cycle waits for the new server. */
    private volatile @Nullable PortForecast left;
    /** The last look between the old server's listener and the next one. */
    private @Nullable PortView residue;
    /** The last look at the port that showed anything while the newest container ran. */
    private @Nullable PortForecast meanwhile;

    private @Nullable PortForecast atFailure;

    PodPortObserver(PodPort port) {
        this.port = port;
    }

    /**
     * Prepares for the order to end the old server. The agent of the node finds the host's namespace through a pod that
     * still runs.
     */
    void replacing() {
        residue = null;
        // They are of a server that is about to end.
        meanwhile = null;
        atFailure = null;
        left = PodPort.unreadable(
                "nobody looked at the port between the end of the old server and the start of the new one");
        port.replacing();
    }

    /** Looks at the port now, and remembers which containers ran when each new listener appeared. */
    PortForecast see() {
        return port.see();
    }

    /**
     * Whether the old server's listener is gone. Such a look shows what the server has left, unless another one listens
     * already.
     */
    boolean isOldGone(PortForecast seen) {
        boolean gone = seen.view().local() instanceof Snapshot && port.isOldGone(seen.view());
        if (gone && ListenerTracker.isNobodyListening(seen.view())) {
            left = seen;
            residue = seen.view();
        }
        return gone;
    }

    /** @param last the look that showed that the old container had ended or the new one ran */
    void replaced(PortForecast last) {
        if (residue != null) {
            return;
        }
        if (last.view().local() instanceof Reading.Unreadable) {
            left = last;
        } else if (!port.isOldGone(last.view())) {
            left = PodPort.unreadable("the old server still listened when the new one was there");
        }
    }

    /** From now on looks show the port as it is. */
    void showNow() {
        left = null;
    }

    /** Another container is the newest: what was seen while the one before it ran says nothing of it. */
    void newContainer() {
        meanwhile = null;
    }

    /** Looks at the port while the new container runs. */
    PortView seeNew() {
        PortForecast seen = port.see();
        release.saw(seen.view());
        if (PodPort.isAnything(seen.view())) {
            meanwhile = seen;
        }
        return seen.view();
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
        PortForecast between = left;
        if (between != null) {
            return between;
        }
        PortForecast now = port.look().forecast();
        release.saw(now.view());
        return now;
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
