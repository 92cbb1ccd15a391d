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
 * When the sockets that stood in the way of a bind went, from looks at the port from outside: known to the time between two looks.
 * Safe for several threads.
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

    /** A bind has failed. */
    synchronized void begin(ExplainedFailure failure) {
        forget();
        if (failure.view().local() instanceof Snapshot snapshot) {
            var ends = new HashSet<Ends>();
            failure.explanation().blocking().forEach(blocker -> ends.add(Ends.of(blocker.socket())));
            blocking = ends;
            heldNanos = snapshot.takenNanos() - snapshot.halfNanos();
        }
    }

    /** The port is looked at in another network namespace from now on, or another failure is in question. */
    synchronized void forget() {
        blocking = Set.of();
        freeNanos = null;
    }

    /** Takes in a look; looks may come out of order. */
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

    /** The same server, with the release as far as it was seen before it was bound. */
    synchronized Start.Bound told(Start.Bound bound) {
        Start.Bound told = freeNanos == null || freeNanos - bound.freeNanos() > 0
                ? bound
                : bound.releasedBetween(heldNanos, freeNanos);
        forget();
        return told;
    }
}
