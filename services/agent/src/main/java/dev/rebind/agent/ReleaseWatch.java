package dev.rebind.agent;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.diag.SocketLookup;
import dev.rebind.sockets.diag.SocketWatch;
import dev.rebind.sockets.diag.SocketWatch.Departure;
import dev.rebind.sockets.diag.SocketWatch.Look;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.release.Release;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Observes releases as they happen. It watches the sockets that stand in the way of a failed bind until the last one is gone, each place on
 * its own virtual thread. It asks the kernel for each socket, which takes microseconds even on a machine with many sockets, and finds no
 * new ones. A bind that fails after all of them are gone has another reason, and ends the watch. Safe for several threads.
 */
final class ReleaseWatch implements AutoCloseable {
    /** The pause between two looks in the time in which the last socket may go. */
    private static final Duration FINE = Duration.ofMillis(1);
    /** The pause between two looks in the second before that time, and after it. */
    private static final Duration COARSE = Duration.ofMillis(10);
    /** The pause between two looks before that second. The end of a socket that goes early is known to this precision. */
    private static final Duration COARSEST = Duration.ofMillis(50);

    private static final long SOON_NANOS = 1_000_000_000;
    /** The looks are fine from this long before a predicted release until this long after it. It exceeds the error of the prediction. */
    private static final long AROUND_NANOS = 50_000_000;
    /** A pause is at least as long as the look before it. Far from the release it is at least this many times as long. */
    private static final int COARSE_SHARE = 20;
    /** The maximum duration of a watch. Nobody waits longer for a port, and a listener may stay for ever. */
    private static final long LONGEST_NANOS = Duration.ofMinutes(10).toNanos();

    /** The number of places that are watched at the same time. An agent in a pod may be asked about any port. */
    private static final int MOST = 64;

    private final Map<Place, Watched> watched = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** What has been seen of the sockets that blocked one failed bind. */
    private static final class Watched {
        final Release release;
        final SocketLookup lookup;
        final SocketWatch sockets;
        final long since = System.nanoTime();
        /** {@link Departure#seenNanos} of the socket that went last. */
        long held;

        /** {@link Departure#goneNanos} of the socket that went last; null while one is still there. */
        @Nullable
        Long gone;

        Watched(List<TcpSocket> blocking, Release release, long seenNanos) throws PosixException {
            this.release = release;
            this.held = seenNanos;
            this.lookup = new SocketLookup();
            this.sockets = new SocketWatch(lookup, blocking, seenNanos);
        }

        /** Looks once. Returns false when there is nothing more to see. */
        synchronized boolean look() {
            if (!(sockets.look() instanceof Look.Taken taken)) {
                return false;
            }
            for (Departure departure : taken.departed()) {
                if (gone == null || departure.goneNanos() > gone) {
                    held = departure.seenNanos();
                    gone = departure.goneNanos();
                }
            }
            if (!taken.standing().isEmpty()) {
                gone = null;
            }
            return gone == null && !taken.standing().isEmpty();
        }

        synchronized Start.Bound told(Start.Bound bound) {
            // Somebody may have bound the port before this watch looked again. The watch then has nothing to add.
            return gone == null || gone > bound.freeNanos() ? bound : bound.releasedBetween(held, gone);
        }
    }

    /** Starts to watch the sockets in the way of a failed bind. Ends the earlier watch at the same place. */
    void begin(ExplainedFailure failure) {
        Place place = failure.failed().settings().place();
        Explanation explanation = failure.explanation();
        end(place);
        List<TcpSocket> blocking =
                explanation.blocking().stream().map(Explanation.Blocker::socket).toList();
        boolean watchable = !closed && !blocking.isEmpty() && watched.size() < MOST;
        // Without sock_diag a release is known only from binds, to the time between two of them.
        if (!watchable
                || !(failure.view().local() instanceof Snapshot snapshot)
                || !snapshot.source().equals(InetDiagReader.SOURCE)) {
            return;
        }
        try {
            var one = new Watched(blocking, explanation.release(), snapshot.takenNanos() - snapshot.halfNanos());
            watched.put(place, one);
            Thread.ofVirtual().name("release-" + place).start(() -> watch(place, one));
        } catch (PosixException e) {
            return;
        }
    }

    private void watch(Place place, Watched one) {
        try (one.lookup) {
            long before = System.nanoTime();
            while (watched.get(place) == one && before - one.since < LONGEST_NANOS && one.look()) {
                long after = System.nanoTime();
                Thread.sleep(pause(one.release, after, after - before));
                before = System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param tookNanos how long the last look took */
    static Duration pause(Release release, long nowNanos, long tookNanos) {
        Duration far = longer(COARSE, COARSE_SHARE * tookNanos);
        if (!(release instanceof Release.Window window)) {
            return far;
        }
        boolean point = window.predictedNanos().isPresent();
        long from = (point ? window.predictedNanos().getAsLong() : window.earliestNanos()) - AROUND_NANOS;
        long to = (point ? window.predictedNanos().getAsLong() : window.latestNanos()) + AROUND_NANOS;
        if (nowNanos - from >= 0 && to - nowNanos >= 0) {
            return longer(FINE, tookNanos);
        }
        long ahead = from - nowNanos;
        Duration pause = ahead > SOON_NANOS ? longer(COARSEST, far.toNanos()) : far;
        return ahead > 0 && ahead < pause.toNanos() ? Duration.ofNanos(ahead) : pause;
    }

    private static Duration longer(Duration one, long nanos) {
        return one.toNanos() >= nanos ? one : Duration.ofNanos(nanos);
    }

    /**
     * Takes the result of a start. Where the server is bound, ends the watch and returns the result with the time of the release, if the
     * watch saw it more exactly.
     *
     * @param begunNanos when the start began
     */
    Start came(Place place, Start start, long begunNanos) {
        return switch (start) {
            case Start.Bound bound -> {
                Watched one = watched.remove(place);
                yield one == null ? bound : one.told(bound);
            }
            case Start.Failed _ -> {
                Watched one = watched.get(place);
                if (one != null && goneBefore(one, begunNanos)) {
                    // The sockets were gone, so something else is in the way too.
                    watched.remove(place, one);
                }
                yield start;
            }
            case Start.Broken _ -> start;
        };
    }

    /** Whether the watch at the place has seen that the last socket is gone. False also where nothing is watched. */
    boolean seesFree(Place place) {
        Watched one = watched.get(place);
        return one != null && goneBefore(one, System.nanoTime());
    }

    private static boolean goneBefore(Watched one, long nanos) {
        synchronized (one) {
            return one.gone != null && one.gone - nanos < 0;
        }
    }

    private void end(Place place) {
        watched.remove(place);
    }

    /** Ends every watch. A sleeping thread notices it within about a second. */
    @Override
    public void close() {
        closed = true;
        watched.clear();
    }
}
