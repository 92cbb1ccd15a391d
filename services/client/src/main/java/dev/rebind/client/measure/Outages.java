package dev.rebind.client.measure;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The service as those see it who lose their connection. Not for several threads.
 *
 * <p>An outage begins when a connection is lost that had been answered. Its start is the last good answer on any connection that
 * was lost in it: what a connection that lives on gets told, from the old server's last process for instance, is no service to
 * those who have to connect. It ends with the first good answer that proves that one can connect and is served: on a connection
 * whose making began after the first loss, from a generation not older than the one that was lost; or on any connection, from a
 * later generation.
 *
 * <p>For those who send requests ({@link #good}, {@link #failed}) an outage begins with a request that fails, at the last good answer
 * before; it ends with the first good answer to a request that was begun after that failure. So it is where the server ends each
 * connection with its answer ({@link EndingHabit}): each connection is a request.
 *
 * <p>When the server stops in steps, there may be several outages; the longest one is the downtime, and while one is under way
 * there is none.
 */
public final class Outages {
    /** A connection as this class knows it; the caller keeps it and hands it in. */
    public static final class Line {
        private final long begunNanos;
        private @Nullable Long lastAnswerNanos;
        private @Nullable Integer generation;

        /** @param begunNanos when its making began */
        public Line(long begunNanos) {
            this.begunNanos = begunNanos;
        }

        public boolean answered() {
            return lastAnswerNanos != null;
        }

        /** Null where there was none. */
        public @Nullable Long lastAnswerNanos() {
            return lastAnswerNanos;
        }

        public long begunNanos() {
            return begunNanos;
        }

        /** The generation of its last answer; null where none was said. */
        public @Nullable Integer generation() {
            return generation;
        }
    }

    /**
     * @param startNanos last good answer on a connection that was lost
     * @param endNanos first good answer after it
     * @param generation of that answer; null where it does not say
     */
    public record Outage(
            long startNanos, long endNanos, @Nullable Integer generation) {
        public long nanos() {
            return endNanos - startNanos;
        }
    }

    private static final class Open {
        final long firstLossNanos;
        long startNanos;

        @Nullable
        Integer generation;

        Open(long firstLossNanos, long startNanos, @Nullable Integer generation) {
            this.firstLossNanos = firstLossNanos;
            this.startNanos = startNanos;
            this.generation = generation;
        }
    }

    private final LongConsumer ended;
    private @Nullable Open open;
    private @Nullable Outage longest;
    private long begun;
    private long totalNanos;
    /** To a request, or on a connection. */
    private @Nullable Long lastGoodNanos;

    public Outages() {
        this(_ -> {});
    }

    /** @param ended is told of each that is over, in nanoseconds */
    public Outages(LongConsumer ended) {
        this.ended = ended;
    }

    /** Forgets what is over; an outage that is under way goes on. */
    public void mark() {
        longest = null;
        totalNanos = 0;
        begun = open == null ? 0 : 1;
    }

    /** @param generation of the answer; null where it does not say */
    public void answered(Line line, @Nullable Integer generation, long nanos) {
        Open outage = open;
        if (outage != null && ends(outage, line, generation)) {
            end(outage, nanos, generation);
        }
        line.lastAnswerNanos = nanos;
        lastGoodNanos = nanos;
        if (generation != null) {
            line.generation = generation;
        }
    }

    private void end(Open outage, long nanos, @Nullable Integer generation) {
        var over = new Outage(outage.startNanos, nanos, generation);
        if (longest == null || over.nanos() > longest.nanos()) {
            longest = over;
        }
        totalNanos += over.nanos();
        ended.accept(over.nanos());
        open = null;
    }

    /**
     * A request was answered.
     *
     * @param begunNanos when the request was begun
     */
    public void good(long begunNanos, long nanos) {
        Open outage = open;
        if (outage != null && begunNanos - outage.firstLossNanos > 0) {
            end(outage, nanos, null);
        } else if (outage != null) {
            outage.startNanos = nanos;
        }
        lastGoodNanos = nanos;
    }

    /** A request failed. Before the first good answer there is no service that could end. */
    public void failed(long nanos) {
        Long last = lastGoodNanos;
        if (last != null && open == null) {
            open = new Open(nanos, last, null);
            begun++;
        }
    }

    /** An idle connection is there still, which is all the service that it has. */
    public void alive(Line line, long nanos) {
        if (line.lastAnswerNanos != null) {
            line.lastAnswerNanos = nanos;
        }
    }

    private static boolean ends(Open outage, Line line, @Nullable Integer generation) {
        if (generation != null && outage.generation != null && !generation.equals(outage.generation)) {
            return generation > outage.generation;
        }
        return line.begunNanos - outage.firstLossNanos > 0;
    }

    /** The connection is gone, or is being closed on order. One that never had an answer began no service that could end. */
    public void lost(Line line, long nanos) {
        Long last = line.lastAnswerNanos;
        if (last == null) {
            return;
        }
        if (open == null) {
            open = new Open(nanos, last, line.generation);
            begun++;
            return;
        }
        if (last - open.startNanos > 0) {
            open.startNanos = last;
        }
        if (line.generation != null && (open.generation == null || line.generation > open.generation)) {
            open.generation = line.generation;
        }
    }

    /** How many began since the mark, or were under way at it. */
    public long begun() {
        return begun;
    }

    /** The start of the outage that is under way; null when none is. */
    public @Nullable Long underWaySince() {
        return open == null ? null : open.startNanos;
    }

    /** All that are over since the mark, together. */
    public long totalNanos() {
        return totalNanos;
    }

    /** The longest of those that are over; null when none is, or when one is under way. */
    public @Nullable Outage longest() {
        return open == null ? longest : null;
    }
}
