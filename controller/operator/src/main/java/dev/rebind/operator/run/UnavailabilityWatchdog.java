package dev.rebind.operator.run;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Interrupts a cycle's thread when its server is gone for too long. Closing it ends the watch. */
final class UnavailabilityWatchdog implements AutoCloseable {
    private final @Nullable Duration atMost;
    private final Thread cycle;
    private final Runnable overdue;
    private final CountDownLatch back = new CountDownLatch(1);
    /** Held while the thread is interrupted, so that this does not happen after the watch has ended. */
    private final Object lock = new Object();

    private boolean over;

    /**
     * @param atMost null: for ever
     * @param overdue is told before the interruption
     */
    UnavailabilityWatchdog(@Nullable Duration atMost, Thread cycle, Runnable overdue) {
        this.atMost = atMost;
        this.cycle = cycle;
        this.overdue = overdue;
    }

    /** The server goes now. */
    void begin() {
        Duration longest = atMost;
        if (longest != null) {
            Thread.ofVirtual().name("absence").start(() -> watch(longest));
        }
    }

    private void watch(Duration longest) {
        try {
            if (back.await(longest.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        synchronized (lock) {
            if (!over) {
                overdue.run();
                cycle.interrupt();
            }
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            over = true;
        }
        back.countDown();
    }
}
