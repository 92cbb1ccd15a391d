package dev.rebind.live.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer that is sent while it is made. A full chunk blocks the writing thread until the socket has taken it, so that about
 * one chunk is in memory. For one virtual thread.
 */
final class ChunkedAnswer extends OutputStream {
    private static final int CHUNK = 1 << 16;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpServerResponse response;
    private final @Nullable Duration longest;
    private final long begun = System.nanoTime();
    private Buffer gathered = Buffer.buffer();

    /** Thrown when the reader has closed its connection or reads too slowly. */
    static final class ReaderGone extends InterruptedIOException {
        private static final long serialVersionUID = 1;

        ReaderGone(Throwable cause) {
            super("the reader is gone");
            initCause(cause);
        }
    }

    private ChunkedAnswer(HttpServerResponse response, @Nullable Duration longest) {
        this.response = response.setChunked(true);
        this.longest = longest;
    }

    /** Returns an answer for a reader that takes each chunk within 10 s. */
    static ChunkedAnswer to(HttpServerResponse response) {
        return new ChunkedAnswer(response, null);
    }

    /** Returns an answer for a reader that takes each chunk within 10 s, and all of them within {@code longest}. */
    static ChunkedAnswer within(Duration longest, HttpServerResponse response) {
        return new ChunkedAnswer(response, longest);
    }

    @Override
    public void write(int one) throws IOException {
        gathered.appendByte((byte) one);
        sendIfFull();
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        gathered.appendBytes(bytes, from, length);
        sendIfFull();
    }

    private void sendIfFull() throws IOException {
        if (gathered.length() < CHUNK) {
            return;
        }
        Buffer chunk = gathered;
        gathered = Buffer.buffer();
        try {
            response.write(chunk).toCompletionStage().toCompletableFuture().get(patienceNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReaderGone(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new ReaderGone(e);
        }
    }

    private long patienceNanos() {
        long left = longest == null ? Long.MAX_VALUE : longest.toNanos() - (System.nanoTime() - begun);
        return Math.min(left, PATIENCE.toNanos());
    }

    /**
     * Sends the rest and ends the answer, without waiting for the reader. The time limits of the connection end it if the reader does not
     * take the rest.
     */
    @Override
    public void close() {
        if (!response.ended() && !response.closed()) {
            var _ = response.end(gathered);
        }
    }
}
