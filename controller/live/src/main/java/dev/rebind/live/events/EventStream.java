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
 * A stream of server-sent events to one reader. Events are buffered. {@link #flush} sends them and waits until the socket has taken them,
 * so that about one chunk is in memory. For one virtual thread.
 */
public final class EventStream implements Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int CHUNK = 1 << 16;

    /**
     * A comment that is sent with each beat. A reader that does not read is detected only when the buffer of its socket is full, and beats
     * alone would take two hours to fill the usual 64 KiB.
     */
    private static final String PADDING = ":" + " ".repeat(4_096) + "\n";

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final UnreadBytes unread;
    private Buffer gathered = Buffer.buffer();

    /** Thrown when the reader has closed its connection or takes nothing any more. */
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
     * Begins the answer. When the reader closes its connection, the calling thread is interrupted.
     *
     * @param lookup asks the kernel whether the reader takes what is sent; null if this system does not offer that
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

    /** @param json the data, without a line feed in it */
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
     * Adds an event that shows that the server is alive. Call it at intervals that leave even a slow reader time to take something.
     *
     * @throws ReaderGone when the reader has taken nothing since the previous call
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

    /** Ends the answer and the connection. A reader that wants more events connects again by itself. */
    @Override
    public void close() {
        response.closeHandler(null);
        if (!response.ended() && !response.closed()) {
            var _ = response.end().onComplete(_ -> request.connection().close());
        }
    }
}
