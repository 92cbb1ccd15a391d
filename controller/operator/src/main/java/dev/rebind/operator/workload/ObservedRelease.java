package dev.rebind.operator.workload;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.PortView;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out from outside when the sockets that blocked a bind were gone. It knows only between which two looks at the
 * port that happened. Safe for several threads.
 */
final class ObservedRelease {
    private record Ends(Endpoint local, Endpoint remote) {
        static Ends of(TcpSocket socket) {
            return new Ends(socket.local(), socket.remote());
        }
    }

    private Set<Ends> blocking = Set.of();
    private long heldNanos;
    private @Nullable Long freeNanos;

    /** Notes that a bind has failed, and begins to watch the sockets that blocked it. */
    synchronized void begin(ExplainedFailure failure) {
        forget();
        if (failure.view().local() instanceof Snapshot snapshot) {
            var ends = new HashSet<Ends>();
            failure.explanation().blocking().forEach(blocker -> ends.add(Ends.of(blocker.socket())));
            blocking = ends;
            heldNanos = snapshot.takenNanos() - snapshot.halfNanos();
        }
    }

    /** Forgets the sockets, because looks now show another network namespace, or because another failure counts. */
    synchronized void forget() {
        blocking = Set.of();
        freeNanos = null;
    }

    /** Adds a look. Looks may come out of order. */
    synchronized void saw(PortView view) {
        if (blocking.isEmpty() || !(view.local() instanceof Snapshot snapshot)) {
            return;
        }
        boolean there = snapshot.sockets().stream().map(Ends::of).anyMatch(blocking::contains);
        if (there) {
            long seen = snapshot.takenNanos() - snapshot.halfNanos();
            if (seen - heldNanos > 0) {
                heldNanos = seen;
            }
            if (freeNanos != null && heldNanos - freeNanos >= 0) {
                freeNanos = null;
            }
            return;
        }
        long gone = snapshot.takenNanos() + snapshot.halfNanos();
        if (gone - heldNanos > 0 && (freeNanos == null || gone - freeNanos < 0)) {
            freeNanos = gone;
        }
    }

    /** Returns the start with the time of the release added, if looks showed the release before the server was bound. */
    synchronized Start.Bound told(Start.Bound bound) {
        Start.Bound told = freeNanos == null || freeNanos - bound.freeNanos() > 0
                ? bound
                : bound.releasedBetween(heldNanos, freeNanos);
        forget();
        return told;
    }
}
