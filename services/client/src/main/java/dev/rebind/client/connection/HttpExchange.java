package dev.rebind.client.connection;

import org.jspecify.annotations.Nullable;

/** One request and its answer. On the event loop. */
final class HttpExchange {
    private final long dueNanos;
    private long begunNanos;
    private long waitsSinceNanos;
    private long received;
    private @Nullable HttpConnectionSlot slot;
    private boolean over;
    private Runnable cancel = () -> {};

    HttpExchange(long dueNanos) {
        this.dueNanos = dueNanos;
        this.begunNanos = dueNanos;
        this.waitsSinceNanos = dueNanos;
    }

    long dueNanos() {
        return dueNanos;
    }

    /** When it was sent, or when its connection was asked for; before that when it was due. */
    long begunNanos() {
        return begunNanos;
    }

    /** When it was sent, and waits for its answer since; before that when it was due, and waits for a connection since. */
    long waitsSinceNanos() {
        return waitsSinceNanos;
    }

    /** Null before it has a connection. */
    @Nullable
    HttpConnectionSlot slot() {
        return slot;
    }

    void connecting(HttpConnectionSlot connection) {
        slot = connection;
        begunNanos = System.nanoTime();
    }

    void sent(HttpConnectionSlot connection) {
        connecting(connection);
        waitsSinceNanos = begunNanos;
    }

    /** @param how tells the server that the answer is not waited for any more */
    void cancelledBy(Runnable how) {
        cancel = how;
    }

    void cancel() {
        cancel.run();
    }

    void received(long bytes) {
        received += bytes;
    }

    /** Bytes of the answer's body so far. */
    long received() {
        return received;
    }

    boolean isOver() {
        return over;
    }

    /** Whether this is its first end. */
    boolean end() {
        boolean first = !over;
        over = true;
        return first;
    }
}
