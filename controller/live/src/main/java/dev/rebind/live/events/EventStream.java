package dev.rebind.live.events;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events to one reader. Writes are buffered and sent by {@link #flush}, which waits until the reader's
 * socket has taken them, so that at most one chunk is in memory. For one virtual thread.
 */
public final class EventStream implements Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int CHUNK = 1 << 16;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private Buffer gathered = Buffer.buffer();

    /** The reader has closed its connection, or has taken nothing for 10 s. */
    public static final class ReaderGone extends Exception {
        private static final long serialVersionUID = 1;

        ReaderGone(Throwable cause) {
            super("the reader is gone", cause);
        }
    }

    private EventStream(HttpServerRequest request) {
        this.request = request;
        this.response = request.response();
    }

    /** Begins the answer. The calling thread is interrupted when the reader closes its connection. */
    public static EventStream open(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        Thread thread = Thread.currentThread();
        response.closeHandler(_ -> thread.interrupt());
        response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .putHeader("X-Accel-Buffering", "no");
        var stream = new EventStream(request);
        stream.gathered.appendString("retry: 1000\n\n");
        return stream;
    }

    /** @param json without a line feed in it */
    void add(String event, @Nullable String id, byte[] json) throws ReaderGone, InterruptedException {
        gathered.appendString("event: ").appendString(event).appendString("\n");
        if (id != null) {
            gathered.appendString("id: ").appendString(id).appendString("\n");
        }
        gathered.appendBytes("data: ".getBytes(StandardCharsets.US_ASCII))
                .appendBytes(json)
                .appendString("\n\n");
        if (gathered.length() >= CHUNK) {
            flush();
        }
    }

    void flush() throws ReaderGone, InterruptedException {
        if (gathered.length() == 0) {
            return;
        }
        Buffer chunk = gathered;
        gathered = Buffer.buffer();
        try {
            response.write(chunk)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new ReaderGone(e);
        }
    }

    /** Ends the connection; a reader that wants more reconnects by itself. */
    @Override
    public void close() {
        response.closeHandler(null);
        if (!response.ended() && !response.closed()) {
            var _ = response.end().onComplete(_ -> request.connection().close());
        }
    }
}
