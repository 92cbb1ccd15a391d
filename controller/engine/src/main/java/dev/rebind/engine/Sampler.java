package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.PortView;
import dev.rebind.child.Moment;
import dev.rebind.record.Sample;
import dev.rebind.sockets.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a place periodically while a cycle runs, and keeps the states of both sides over time. While nothing changes, it looks less
 * often. For most of these looks the agent asks only for sockets that it already knows. Now and then it takes a whole look, from which it
 * also learns which generation accepted which connection. The looks that decide something, after the stop and after a failed bind, are
 * taken by the cycle itself and are whole.
 */
final class Sampler implements AutoCloseable {
    /**
     * The largest number of changes that are kept; later ones are dropped. It is enough for a cycle that waits for the end of a TIME_WAIT
     * while clients come and go.
     */
    private static final int MOST = 2_000;
    /** The longest pause between two looks, in periods. It is reached when nothing changes for long, as in a minute of TIME_WAIT. */
    private static final int LONGEST_PAUSE = 5;

    private record Change(long nanos, String side, Map<String, Integer> states) {}

    private final Agent agent;
    private final Agent.Place place;
    private final Duration period;
    private final List<Change> changes = new ArrayList<>();
    private final Map<String, Map<String, Integer>> last = new TreeMap<>();
    /** A hash of the sockets of each side at the last look. */
    private final Map<String, Integer> lastSockets = new TreeMap<>();

    private final ListenerGaps gaps;
    private final Thread thread;
    /** The pause before the next look. It grows with each look that shows nothing new. */
    private Duration pause;

    Sampler(Agent agent, Agent.Place place, Duration period) {
        this.agent = agent;
        this.place = place;
        this.period = period;
        this.pause = period;
        this.gaps = new ListenerGaps(place.port());
        thread = Thread.ofVirtual().name("sampler-" + place).start(this::sample);
    }

    private void sample() {
        try {
            while (!Thread.interrupted()) {
                add(agent.lookAgain(place));
                pause();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits before the next look. The wait becomes shorter when {@link #add} sees a change or {@link #expectChange} announces one. */
    private synchronized void pause() throws InterruptedException {
        long now = System.nanoTime();
        long from = now;
        while (now - from < pause.toNanos()) {
            TimeUnit.NANOSECONDS.timedWait(this, pause.toNanos() - (now - from));
            now = System.nanoTime();
        }
        Duration longer = pause.multipliedBy(3).dividedBy(2);
        Duration longest = period.multipliedBy(LONGEST_PAUSE);
        pause = longer.compareTo(longest) < 0 ? longer : longest;
    }

    /** Adds a look at the place. The cycle adds its own looks too. */
    synchronized void add(PortView view) {
        // A look at known sockets repeats the listeners of the last whole look, with the time of that look.
        gaps.saw(view.listeners());
        boolean changed = add("server", view.local());
        changed |= add("client", view.remote());
        if (changed) {
            expectChange();
        }
    }

    /** Shortens the pauses again, because something is about to happen on the port. */
    synchronized void expectChange() {
        pause = period;
        notifyAll();
    }

    /** Adds the states of one side. Returns whether its sockets or their states differ from the last look, even if the counts are equal. */
    private boolean add(String side, Reading reading) {
        if (!(reading instanceof Reading.Snapshot snapshot)) {
            return false;
        }
        Map<String, Integer> states = StateCounts.count(snapshot.sockets());
        if (!states.equals(last.get(side)) && changes.size() < MOST) {
            last.put(side, states);
            changes.add(new Change(snapshot.takenNanos(), side, states));
        }
        Integer now = snapshot.sockets().stream()
                .mapToInt(socket -> Objects.hash(socket.state(), socket.local(), socket.remote()))
                .sum();
        return !now.equals(lastSockets.put(side, now));
    }

    /** Returns {@link ListenerGaps#draining} in ms; null if no look shows such a gap. */
    synchronized @Nullable Double unlistenedMs(long told, long ended, long bound) {
        Duration seen = gaps.draining(told, ended, bound);
        return seen.isZero() ? null : Double.valueOf(Math.round(seen.toNanos() / 1e3) / 1e3);
    }

    /** Returns the states at each change, with their times in milliseconds after {@code origin}. */
    synchronized List<Sample> samples(Moment origin) {
        return changes.stream()
                .map(change -> new Sample(origin.millisTo(change.nanos()), change.side(), change.states()))
                .sorted(java.util.Comparator.comparingDouble(Sample::atMs))
                .toList();
    }

    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
