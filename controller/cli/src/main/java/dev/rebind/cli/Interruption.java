package dev.rebind.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM while a run goes on: the run is interrupted, and the JVM waits with its end until what was measured is
 * on disk.
 */
final class Interruption {
    /** Longer than the report of the largest run takes; after it the JVM ends all the same. */
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread hook;
    private final Thread run;
    private volatile boolean came;
    /** Whether there is something that an interrupt ends. */
    private boolean running = true;

    Interruption(Thread run) {
        this.run = run;
        hook = new Thread(() -> {
            interrupt();
            try {
                if (!over.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    System.err.println("rebind: the report was not finished within " + PATIENCE_SECONDS
                            + " s; the records are in cycles.jsonl");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The JVM has begun to end before the run did begin.
            interrupt();
        }
    }

    private synchronized void interrupt() {
        came = true;
        if (running) {
            run.interrupt();
        }
    }

    /** Whether the run was told to end. From then on, what cycles yield is of no worth: their servers are being ended. */
    boolean came() {
        return came;
    }

    /** The run was ended before its time. */
    void acknowledge() {
        came = true;
        cyclesOver();
    }

    /** No cycle runs any more: what comes now, on the thread of the run, is finished in peace; no signal interrupts it. */
    synchronized void cyclesOver() {
        running = false;
        Thread.interrupted();
    }

    /** What was measured is on disk. */
    void over() {
        over.countDown();
        if (!came) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The JVM has begun to end since: the hook runs through.
                came = true;
            }
        }
    }
}
