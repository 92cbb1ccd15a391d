package dev.rebind.child;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.impl.HttpServerConnection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * HTTP servers that nobody can keep busy by what he does not send, or sends too much of. Vert.x has limits for the length
 * of a request's head and for connections on which nothing moves; the others are here: how many connections there are, and
 * until when a request's head and its body have come. HTTP/1.1 only: without TLS a browser and a probe speak nothing else.
 */
public final class BoundedHttp {
    /** A body that was not asked for is read to its end up to this, so that the connection can be used again. */
    private static final long SMALL_BODY_BYTES = 1 << 16;

    /** How long the other side has to read a refusal before its connection is reset, with the rest of its body. */
    private static final long REFUSAL_MILLIS = 1_000;

    private final Vertx vertx;
    private final Limits limits;
    private final Handler<HttpServerRequest> handler;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<HttpConnection, Deadline> deadlines = new ConcurrentHashMap<>();

    /**
     * What one server allows.
     *
     * @param connections at once; those beyond are closed at once
     * @param head until the first request's head is there, from the connection's begin
     * @param body until a request's body is there, from its head
     * @param next until the next request's head is there, from the last answer's end; and until the other side has taken an
     *     answer, from its begin. One that is sent in chunks has its own limits: whoever makes it waits for each chunk
     * @param idle how long nothing may move on a connection on which an answer is being made
     */
    public record Limits(int connections, Duration head, Duration body, Duration next, Duration idle) {
        /** For people and their programs: 256 connections, 10 s for a head, 30 s for a body, 75 s between requests. */
        public static final Limits USUAL = new Limits(
                256, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(75), Duration.ofSeconds(60));

        /** As these, with another limit for answers that take long. */
        public Limits withIdle(Duration longest) {
            return new Limits(connections, head, body, next, longest);
        }
    }

    private BoundedHttp(Vertx vertx, Limits limits, Handler<HttpServerRequest> handler) {
        this.vertx = vertx;
        this.limits = limits;
        this.handler = handler;
    }

    /** A server that does not listen yet. The handler is called on an event loop. */
    public static HttpServer server(Vertx vertx, Limits limits, Handler<HttpServerRequest> handler) {
        var bounded = new BoundedHttp(vertx, limits, handler);
        return vertx.createHttpServer(
                        new HttpServerOptions().setHttp2ClearTextEnabled(false).setIdleTimeout((int)
                                limits.idle().toSeconds()))
                .connectionHandler(bounded::opened)
                .requestHandler(bounded::request)
                // What is no HTTP, or ends in the middle, is the other side's fault and is told to it.
                .exceptionHandler(_ -> {});
    }

    private void opened(HttpConnection connection) {
        int before = open.getAndIncrement();
        connection.closeHandler(_ -> {
            open.decrementAndGet();
            Deadline deadline = deadlines.remove(connection);
            if (deadline != null) {
                deadline.cancel();
            }
        });
        if (before >= limits.connections()) {
            var _ = connection.close();
            return;
        }
        var deadline = new Deadline(connection);
        deadlines.put(connection, deadline);
        deadline.in(limits.head());
    }

    private void request(HttpServerRequest request) {
        Deadline deadline = deadlines.get(request.connection());
        if (deadline == null) {
            // It is being closed.
            return;
        }
        if (request.response().writeQueueFull()) {
            // The answer before is not read, and the next one would come on top of it.
            abort(request.connection());
            return;
        }
        deadline.cancel();
        boolean body = hasBody(request);
        HttpServerResponse response = request.response();
        if (body) {
            deadline.in(limits.body());
            var _ = request.end().onSuccess(_ -> {
                if (!response.headWritten()) {
                    deadline.cancel();
                }
            });
        }
        response.headersEndHandler(_ -> {
            if (!response.isChunked()) {
                deadline.in(limits.next());
            }
            if (body && !request.isEnded() && !isSmall(request)) {
                response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            }
        });
        response.endHandler(_ -> answered(request, body, deadline));
        handler.handle(request);
    }

    private void answered(HttpServerRequest request, boolean body, Deadline deadline) {
        if (!body || request.isEnded()) {
            deadline.in(limits.next());
        } else if (isSmall(request)) {
            request.resume();
            var _ = request.end().onSuccess(_ -> deadline.in(limits.next()));
        } else {
            request.pause();
            deadline.in(Duration.ofMillis(REFUSAL_MILLIS));
        }
    }

    private static boolean hasBody(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || length(request) > 0;
    }

    private static boolean isSmall(HttpServerRequest request) {
        return !request.headers().contains(HttpHeaders.TRANSFER_ENCODING) && length(request) <= SMALL_BODY_BYTES;
    }

    private static long length(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException _) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Drops what is not sent yet: {@link HttpConnection#close} waits until the other side has taken it, which it can put off
     * for ever by taking a byte now and then. So does the channel's own close, which goes through the handler of Vert.x.
     */
    private static void abort(HttpConnection connection) {
        if (connection instanceof HttpServerConnection server) {
            var _ = server.channelHandlerContext().pipeline().firstContext().close();
        } else {
            var _ = connection.close();
        }
    }

    /** When a connection is closed unless something comes before. On its event loop. */
    private final class Deadline {
        private static final long NONE = -1;

        private final HttpConnection connection;
        private long timer = NONE;

        Deadline(HttpConnection connection) {
            this.connection = connection;
        }

        void in(Duration duration) {
            cancel();
            timer = vertx.setTimer(duration.toMillis(), _ -> abort(connection));
        }

        void cancel() {
            if (timer != NONE) {
                vertx.cancelTimer(timer);
                timer = NONE;
            }
        }
    }
}
