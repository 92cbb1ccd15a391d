package dev.rebind.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Handles Ctrl-C and SIGTERM during a run. The signal interrupts the run, and the JVM ends only when everything that was measured is on
 * disk.
 */
final class Interruption {
    /** Longest wait for the report, more than the largest run needs. After it, the JVM ends in any case. */
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread hook;
    private final Thread run;
    private volatile boolean came;
    /** Whether cycles are running, which an interrupt must end. */
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
            // The JVM began to shut down before the run began.
            interrupt();
        }
    }

    private synchronized void interrupt() {
        came = true;
        if (running) {
            run.interrupt();
        }
    }

    /** Whether the run was told to end. Results of cycles that end later do not count, because their servers are being stopped. */
    boolean came() {
        return came;
    }

    /** Notes that the run was ended early. */
    void acknowledge() {
        came = true;
        cyclesOver();
    }

    /** Notes that no cycle runs any more. From now on no signal interrupts the thread of the run, so that it can finish its report. */
    synchronized void cyclesOver() {
        running = false;
        Thread.interrupted();
    }

    /** Notes that everything measured is on disk, so that the JVM may end. */
    void over() {
        over.countDown();
        if (!came) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The JVM has begun to shut down meanwhile, so the hook runs to its end.
                came = true;
            }
        }
    }
}
