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
import java.util.TreeMap;

/**
 * Looks at a place again and again while a cycle runs and keeps the changes: the states of both sides over time. The agent
 * asks for the sockets that it knows already, and takes whole looks between, which feed its memory of who accepted which connection; the
 * looks that decide something, after the stop and after a failed bind, are the cycle's own and whole.
 */
final class Sampler implements AutoCloseable {
    /**
     * Enough for a cycle that waits for the end of a TIME_WAIT while clients come and go; later changes are dropped.
     */
    private static final int MOST = 2_000;

    private record Change(long nanos, String side, Map<String, Integer> states) {}

    private final Agent agent;
    private final Agent.Place place;
    private final Duration period;
    private final List<Change> changes = new ArrayList<>();
    private final Map<String, Map<String, Integer>> last = new TreeMap<>();
    private final Thread thread;

    Sampler(Agent agent, Agent.Place place, Duration period) {
        this.agent = agent;
        this.place = place;
        this.period = period;
        thread = Thread.ofVirtual().name("sampler-" + place).start(this::sample);
    }

    private void sample() {
        try {
            while (!Thread.interrupted()) {
                add(agent.lookAgain(place));
                Thread.sleep(period);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Adds a look that was made for another reason. */
    synchronized void add(PortView view) {
        add("server", view.local());
        add("client", view.remote());
    }

    private void add(String side, Reading reading) {
        if (reading instanceof Reading.Snapshot snapshot) {
            Map<String, Integer> states = StateCounts.count(snapshot.sockets());
            if (!states.equals(last.get(side)) && changes.size() < MOST) {
                last.put(side, states);
                changes.add(new Change(snapshot.takenNanos(), side, states));
            }
        }
    }

    /** The changes, in milliseconds after {@code origin}. */
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
