package dev.rebind.operator.run;

import java.time.Duration;

/**
 * Tells that an attempt to take the target takes long. It tells nothing once it is closed, and {@link #close} waits for what is
 * being told, so the thread of the attempt can write the status before and afterwards.
 */
final class SlowAcquisition implements AutoCloseable {
    /** Longer than an attempt takes where all agents and the API server answer. */
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
