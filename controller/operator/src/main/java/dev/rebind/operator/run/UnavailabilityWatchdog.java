package dev.rebind.operator.run;

import dev.rebind.operator.workload.ServerPresence;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reports when one pod has had no bound server for too long. The time counts from {@link #gone} to {@link #bound},
 * whatever else happens meanwhile. Safe for several threads.
 */
final class UnavailabilityWatchdog implements ServerPresence, AutoCloseable {
    private final @Nullable Duration atMost;
    private final DelayedAction alarm;
    private final Runnable overdue;
    private @Nullable Absence absence;
    private boolean closed;

    /** The present time without a server. */
    private static final class Absence {
        private DelayedAction.Pending pending = () -> {};
    }

    /**
     * @param atMost the longest time without a bound server; null for no limit
     * @param overdue called once for each absence that is too long, from the alarm's thread
     */
    UnavailabilityWatchdog(@Nullable Duration atMost, DelayedAction alarm, Runnable overdue) {
        this.atMost = atMost;
        this.alarm = alarm;
        this.overdue = overdue;
    }

    @Override
    public synchronized void gone() {
        if (atMost == null || closed || absence != null) {
            return;
        }
        var begun = new Absence();
        absence = begun;
        begun.pending = alarm.after(atMost, () -> late(begun));
    }

    @Override
    public synchronized void bound() {
        Absence over = absence;
        absence = null;
        if (over != null) {
            over.pending.cancel();
        }
    }

    /** Reports an absence that is too long. Ignores an alarm of an earlier absence, which was cancelled too late. */
    private void late(Absence which) {
        synchronized (this) {
            if (absence != which) {
                return;
            }
        }
        overdue.run();
    }

    @Override
    public synchronized void close() {
        closed = true;
        bound();
    }
}
