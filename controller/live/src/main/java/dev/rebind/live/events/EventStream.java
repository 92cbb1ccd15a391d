package dev.rebind.live.events;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.diag.SocketLookup;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.io.Closeable;
import java.net.InetAddress;
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

    /**
     * Goes out with each beat, as a comment: a reader that does not read is known for it once its socket takes no more, and
     * beats alone would fill the usual 64 KiB in two hours.
     */
    private static final String PADDING = ":" + " ".repeat(4_096) + "\n";

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final UnreadBytes unread;
    private Buffer gathered = Buffer.buffer();

    /** The reader has closed its connection, or takes nothing. */
    public static final class ReaderGone extends Exception {
        private static final long serialVersionUID = 1;

        ReaderGone(@Nullable Throwable cause) {
            super("the reader is gone", cause);
        }
    }

    private EventStream(HttpServerRequest request, @Nullable SocketLookup lookup) {
        this.request = request;
        this.response = request.response();
        this.unread = new UnreadBytes(lookup, endpoint(request.localAddress()), endpoint(request.remoteAddress()));
    }

    private static Endpoint endpoint(SocketAddress address) {
        return new Endpoint(InetAddress.ofLiteral(address.hostAddress()), address.port());
    }

    /**
     * Begins the answer. The calling thread is interrupted when the reader closes its connection.
     *
     * @param lookup by which it is known whether the reader takes what is sent; null where this system has none
     */
    public static EventStream open(HttpServerRequest request, @Nullable SocketLookup lookup) {
        HttpServerResponse response = request.response();
        Thread thread = Thread.currentThread();
        response.closeHandler(_ -> thread.interrupt());
        response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .putHeader("X-Accel-Buffering", "no");
        var stream = new EventStream(request, lookup);
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

    /**
     * Says that the server is there. To be called once in a while, and not sooner than a reader may need to take something.
     *
     * @throws ReaderGone when it has taken nothing since the call before
     */
    void beat(byte[] json) throws ReaderGone, InterruptedException {
        if (unread.stand()) {
            throw new ReaderGone(null);
        }
        gathered.appendString(PADDING);
        add("beat", null, json);
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
