package dev.rebind.server.listener;

import dev.rebind.child.protocol.StopWay;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of a listener, and the order to end them. Safe for several threads.
 *
 * @param <C> a connection
 */
public final class OpenConnections<C> {
    private final Set<C> open = new HashSet<>();
    private long accepted;
    private @Nullable StopWay ending;

    /**
     * Adds a connection that was just accepted.
     *
     * @return the order to end, which the caller carries out for this connection; null if there is none yet
     */
    public synchronized @Nullable StopWay add(C connection) {
        accepted++;
        open.add(connection);
        return ending;
    }

    public synchronized void remove(C connection) {
        open.remove(connection);
        notifyAll();
    }

    /**
     * Keeps the order for connections that are accepted later.
     *
     * @return the open connections, for which the caller carries it out
     */
    public synchronized List<C> end(StopWay way) {
        ending = way;
        return List.copyOf(open);
    }

    /** The order to end; null if there is none yet. */
    public synchronized @Nullable StopWay ending() {
        return ending;
    }

    public synchronized List<C> all() {
        return List.copyOf(open);
    }

    public synchronized int size() {
        return open.size();
    }

    /** How many were added. */
    public synchronized long accepted() {
        return accepted;
    }

    /** Waits until no connection is open; returns false if the limit comes first. */
    public synchronized boolean awaitNone(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!open.isEmpty()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        return true;
    }
}
