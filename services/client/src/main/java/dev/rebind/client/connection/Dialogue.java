package dev.rebind.client.connection;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** What is said on one connection. On the event loop. */
sealed interface Dialogue permits RebindDialogue, TcpDialogue {
    /** The connection as the one who speaks on it sees it. */
    interface Line {
        /** Sends this; nothing once the connection is ending, or stalled. */
        void send(String text);

        /**
         * The server answered.
         *
         * @param answers how often
         */
        void answered(long answers);

        /** Stops reading, and closes nothing from now on. */
        void stall();

        /** Ends the connection at once. */
        void cut();

        boolean ending();

        boolean stalled();

        /** Does this after so many nanoseconds. */
        void after(long nanos, Runnable action);
    }

    /** The connection is there, and reads. */
    void opened();

    void read(Buffer buffer);

    /** Nothing will be read from now on: says something once more whose answer then lies unread, where that can be. */
    void stalling();

    /** The connection reads again. */
    void resumed();

    /** How a connection ended. */
    sealed interface Loss {
        /** @param failure null: with a FIN */
        record ByServer(@Nullable Throwable failure) implements Loss {}

        record OnOrder() implements Loss {}
    }

    /** The connection is over, or is being ended. */
    void lost(Loss how);

    /** Bytes of the request whose answer has not come; null where there is none. */
    @Nullable
    Integer unanswered();

    /** Whether it is a request that is neither answered nor over otherwise. */
    boolean isUnderWay();

    /** The generation of the last answer; null where none was said. */
    @Nullable
    Integer generation();

    /** Whether an idle connection is service as long as it lives. */
    boolean idleIsService();

    /** How many lines came. */
    long lines();

    /** The last of them; empty before the first. */
    String lastLine();
}
