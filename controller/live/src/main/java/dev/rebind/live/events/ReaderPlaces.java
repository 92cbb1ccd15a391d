package dev.rebind.live.events;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A limited number of places for the readers of events. A reader that does not read is detected only when the buffer of its socket is full
 * ({@link UnreadBytes}), so many such readers could occupy all places until then. When all places are taken, a new reader gets a place of
 * the address that has most of them: the place of the reader that has listened longest. A browser that loses its place connects again by
 * itself and continues after the last record that it has. A client that does not read does not come back. Safe for several threads.
 */
public final class ReaderPlaces {
    private final int most;
    /** The places in the order in which they were taken. */
    private final List<Place> taken = new ArrayList<>();

    public ReaderPlaces(int most) {
        this.most = most;
    }

    /**
     * Takes a place for the calling thread. The thread is interrupted when it loses the place.
     *
     * @param address the reader's IP address
     */
    public synchronized Place take(String address) {
        if (taken.size() >= most) {
            Place lost = firstOfMost();
            taken.remove(lost);
            lost.thread.interrupt();
        }
        var place = new Place(Thread.currentThread(), address);
        taken.add(place);
        return place;
    }

    private Place firstOfMost() {
        Map<String, Long> places = taken.stream().collect(Collectors.groupingBy(Place::address, Collectors.counting()));
        long crowd = Collections.max(places.values());
        return taken.stream()
                .filter(place -> crowd == places.getOrDefault(place.address, 0L))
                .findFirst()
                .orElseThrow();
    }

    private synchronized void give(Place place) {
        taken.remove(place);
    }

    public final class Place implements AutoCloseable {
        private final Thread thread;
        private final String address;

        private Place(Thread thread, String address) {
            this.thread = thread;
            this.address = address;
        }

        private String address() {
            return address;
        }

        @Override
        public void close() {
            give(this);
        }
    }
}
