package dev.rebind.live;

import java.time.Duration;

/** Wakes readers when something has changed. Each reader finds out by itself what has changed. Safe for several threads. */
public final class ChangeSignal {
    private long count;

    public synchronized void happened() {
        count++;
        notifyAll();
    }

    /** The number of changes so far. */
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
