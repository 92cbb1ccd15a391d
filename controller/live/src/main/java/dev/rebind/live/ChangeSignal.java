package dev.rebind.live;

import java.time.Duration;

/** Wakes readers when something has changed. It does not say what; each reader looks for itself. Safe for several threads. */
public final class ChangeSignal {
    private long count;

    public synchronized void happened() {
        count++;
        notifyAll();
    }

    /** Grows with each change. */
    public synchronized long count() {
        return count;
    }

    /** Waits until {@link #count} is no longer {@code seen}, or until the time is over. */
    public synchronized void await(long seen, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        long left = atMost.toMillis();
        while (count == seen && left > 0) {
            wait(left);
            left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        }
    }
}
