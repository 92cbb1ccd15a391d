package dev.rebind.live.events;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A limited number of places for the readers of events. The server cannot know whether a reader still reads: the buffers of
 * its socket take hours of events. So when all places are taken, the reader that has listened for longest loses its place to
 * the next reader. A browser that loses its place connects again by itself and continues after the last record that it has.
 * A client that does not read does not come back. Safe for several threads.
 */
public final class ReaderPlaces {
    private final int most;
    private final Deque<Place> taken = new ArrayDeque<>();

    public ReaderPlaces(int most) {
        this.most = most;
    }

    /** Takes a place for the calling thread. The thread is interrupted when it loses the place. */
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
