package dev.rebind.client.measure;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether the server ends each connection once it has answered on it, as echo-and-close servers do. The end of such a connection is
 * no loss of service; a connection that fails instead of being answered is. It is learned from the connections that a client makes
 * one after the other. What ends between a mark and a bind teaches nothing: the server is being stopped. Not for several threads.
 */
public final class EndingHabit {
    /** So soon after the answer the end belongs to it. */
    static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** A single such end may be that of the server itself. */
    private static final int ENOUGH = 2;

    private final boolean reconnect;
    private int inARow;
    private boolean known;
    private boolean restarting;
    private boolean served;
    private @Nullable Long boundNanos;

    /** @param reconnect whether connections are made again; where they are not, the first end is all that there will be */
    public EndingHabit(boolean reconnect) {
        this.reconnect = reconnect;
    }

    /** A restart begins. */
    public void marked() {
        restarting = true;
        inARow = 0;
    }

    /** The new server is bound: who was served by the old one is not served yet. */
    public void bound(long nanos) {
        restarting = false;
        inARow = 0;
        served = false;
        boundNanos = nanos;
    }

    /** @param begunNanos when the making of the answered connection began */
    public void answered(long begunNanos) {
        if (boundNanos == null || begunNanos - boundNanos > 0) {
            served = true;
        }
    }

    /** A connection was not made, or ended without its answer. Returns whether that is a loss of service. */
    public boolean failed() {
        inARow = 0;
        served = false;
        return known;
    }

    /**
     * The server has ended a connection that it had answered. Returns whether that is what it does.
     *
     * @param answeredNanos its last answer
     */
    public boolean ended(long answeredNanos, long nanos) {
        if (nanos - answeredNanos > SOON_NANOS) {
            inARow = 0;
            known = false;
        } else if (!restarting) {
            inARow++;
            known |= inARow >= ENOUGH || !reconnect;
        }
        return known;
    }

    /** Whether the server is known to do so. */
    public boolean isKnown() {
        return known;
    }

    /** Whether the last connection was answered by the server that is there now, which is known to end it. */
    public boolean isServed() {
        return known && served;
    }
}
