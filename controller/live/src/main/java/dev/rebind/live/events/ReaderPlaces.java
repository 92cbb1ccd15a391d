package dev.rebind.live.events;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The places of those who listen to events. Whether a reader still reads cannot be told: what it is sent fits for hours into
 * the buffers of its socket. So when all places are taken, whoever has listened for longest loses his to the next one. A
 * browser that loses its place comes back by itself, and goes on behind the last record that it has; one that does not read
 * does not come back. Safe for several threads.
 */
public final class ReaderPlaces {
    private final int most;
    private final Deque<Place> taken = new ArrayDeque<>();

    public ReaderPlaces(int most) {
        this.most = most;
    }

    /** A place for the calling thread, which is interrupted when it is lost. */
    public synchronized Place take() {
        if (taken.size() >= most) {
            taken.removeFirst().thread.interrupt();
        }
        var place = new Place(Thread.currentThread());
        taken.addLast(place);
        return place;
    }

    private synchronized void give(Place place) {
        taken.remove(place);
    }

    public final class Place implements AutoCloseable {
        private final Thread thread;

        private Place(Thread thread) {
            this.thread = thread;
        }

        @Override
        public void close() {
            give(this);
        }
    }
}
