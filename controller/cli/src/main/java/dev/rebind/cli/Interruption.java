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
    private volatile boolean came;

    Interruption(Thread run) {
        hook = new Thread(() -> {
            came = true;
            run.interrupt();
            try {
                if (!over.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    System.err.println("rebind: the report was not finished within " + PATIENCE_SECONDS
                            + " s; the records are in cycles.jsonl");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether the run was told to end. From then on, what cycles yield is of no worth: their servers are being ended. */
    boolean came() {
        return came;
    }

    /** The run has ended: what comes now is to be finished in peace. */
    void acknowledge() {
        came = true;
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
