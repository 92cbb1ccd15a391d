package dev.rebind.operator.run;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Time passes when a test says so. */
final class FakeDelayedAction implements DelayedAction {
    private final List<Waiting> all = new CopyOnWriteArrayList<>();

    private static final class Waiting {
        private final Runnable action;
        private volatile boolean cancelled;

        Waiting(Runnable action) {
            this.action = action;
        }
    }

    @Override
    public Pending after(Duration wait, Runnable action) {
        var waiting = new Waiting(action);
        all.add(waiting);
        return () -> waiting.cancelled = true;
    }

    /** How many wait now. */
    int waiting() {
        return (int) all.stream().filter(one -> !one.cancelled).count();
    }

    /** How many there ever were. */
    int begun() {
        return all.size();
    }

    /** The time of all that wait is over. */
    void ring() {
        all.stream().filter(one -> !one.cancelled).forEach(one -> one.action.run());
    }

    /** The time of all that there ever were is over, as an alarm rings that was taken back too late. */
    void ringLate() {
        all.forEach(one -> one.action.run());
    }
}
