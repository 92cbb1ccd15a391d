package dev.rebind.cycle;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The clients of a place, as a cycle needs them. Calls block. */
interface Load extends AutoCloseable {
    /** Waits until every connection is there and has been answered; says why where that did not come to be. */
    @Nullable
    String awaitServed(Duration atMost) throws InterruptedException;

    /** A restart begins: what was measured before is forgotten. */
    void mark();

    /** Every client closes its connection, and none is made again before {@link #comeBack}. */
    void disconnect();

    /** Every client resets its connection, and none is made again before {@link #comeBack}. */
    void reset();

    /** Clients stop reading, and close nothing from now on. */
    void stall();

    /** Connections are made again. */
    void comeBack();

    /** What was seen since {@link #mark}; null when the clients do not say. */
    @Nullable
    Seen seen() throws InterruptedException;

    /** Ends the clients. */
    @Override
    void close();

    /** @param downtimeMs last good answer to first good answer; null when nothing was lost or nothing came back */
    record Seen(
            int connections,
            long answers,
            long resets,
            long ends,
            Map<String, Long> failedConnects,
            @Nullable Long bytesLost,
            @Nullable Double downtimeMs) {}
}
