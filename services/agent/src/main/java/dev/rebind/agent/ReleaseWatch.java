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
 * Sees a release as it happens: watches the sockets that stand in the way of a failed bind until the last one is gone, each
 * place on a virtual thread of its own. It asks the kernel for each of them, which costs microseconds whatever else is on the
 * machine, and it finds no new ones: a bind that fails after they are gone has another reason, and ends the watch. Safe for several threads.
 */
final class ReleaseWatch implements AutoCloseable {
    /** Between two looks in the time in which the last socket may go. */
    private static final Duration FINE = Duration.ofMillis(1);
    /** Between two looks in the second before that time, and after it. */
    private static final Duration COARSE = Duration.ofMillis(10);
    /** Between two looks before that second; what goes early is seen to this. */
    private static final Duration COARSEST = Duration.ofMillis(50);

    private static final long SOON_NANOS = 1_000_000_000;
    /** How long before a predicted release, and after it, the looks are fine. It exceeds the error of the prediction. */
    private static final long AROUND_NANOS = 50_000_000;
    /** A look is followed by a pause that is as long, and far from the release by one that is so much longer. */
    private static final int COARSE_SHARE = 20;
    /** Nobody waits longer for a port; a listener may stay for ever. */
    private static final long LONGEST_NANOS = Duration.ofMinutes(10).toNanos();

    /** Places that are watched at once; an agent in a pod may be asked about any port. */
    private static final int MOST = 64;

    private final Map<Place, Watched> watched = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** What has been seen of the sockets of one failed bind. */
    private static final class Watched {
        final Release release;
        final SocketLookup lookup;
        final SocketWatch sockets;
        final long since = System.nanoTime();
        /** {@link Departure#seenNanos} of the one that went last. */
        long held;

        /** {@link Departure#goneNanos} of the one that went last; null while one is there. */
        @Nullable
        Long gone;

        Watched(List<TcpSocket> blocking, Release release, long seenNanos) throws PosixException {
            this.release = release;
            this.held = seenNanos;
            this.lookup = new SocketLookup();
            this.sockets = new SocketWatch(lookup, blocking, seenNanos);
        }

        /** False when there is nothing more to see. */
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
            // Somebody may have bound before this watch looked again: then it has nothing to add.
            return gone == null || gone > bound.freeNanos() ? bound : bound.releasedBetween(held, gone);
        }
    }

    /** Begins to watch what stands in the way of a failed bind, in place of what was watched there before. */
    void begin(ExplainedFailure failure) {
        Place place = failure.failed().settings().place();
        Explanation explanation = failure.explanation();
        end(place);
        List<TcpSocket> blocking =
                explanation.blocking().stream().map(Explanation.Blocker::socket).toList();
        boolean watchable = !closed && !blocking.isEmpty() && watched.size() < MOST;
        // Without sock_diag a release is known from binds only, to the time between them.
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

    /** @param tookNanos the last look */
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
     * Takes in what came of a start: with a bound server, the watch is over, and the result says when the port was released as
     * far as that was seen more exactly.
     *
     * @param begunNanos when it was begun
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
                    // Something else is in the way, too.
                    watched.remove(place, one);
                }
                yield start;
            }
            case Start.Broken _ -> start;
        };
    }

    /** Whether the last of the sockets that are watched there was seen to be gone; false also where none are. */
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

    /** Ends every watch; a thread that sleeps finds out within a second or so. */
    @Override
    public void close() {
        closed = true;
        watched.clear();
    }
}
