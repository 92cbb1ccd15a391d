package dev.rebind.operator.run;

import java.time.Duration;

/**
 * Reports once that an attempt to take the target takes long. After {@link #close} it reports nothing, and {@link
 * #close} waits for a report that is being made. So the thread of the attempt can safely write the status before and
 * after the attempt.
 */
final class SlowAcquisition implements AutoCloseable {
    /** An attempt takes less than this if all agents and the API server answer. */
    static final Duration LONG = Duration.ofSeconds(10);

    private final DelayedAction.Pending pending;
    private boolean over;

    SlowAcquisition(DelayedAction alarm, Runnable tell) {
        pending = alarm.after(LONG, () -> tellOnce(tell));
    }

    private synchronized void tellOnce(Runnable tell) {
        if (!over) {
            over = true;
            tell.run();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            over = true;
        }
        pending.cancel();
    }
}
