package dev.rebind.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.rebind.record.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;

/** Answers that any thread may send. */
final class Http {
    /** What Vert.x and its router answer by themselves: told as any other refusal, and not logged. */
    static final List<Integer> REFUSALS = List.of(400, 404, 405, 406, 411, 413, 414, 415, 417, 426, 431);

    /** Characters of what a caller wrote that an answer repeats. */
    private static final int SHOWN = 200;

    private Http() {}

    /** A readable resource: each path that answers GET answers HEAD (RFC 9110, section 9.1). Vert.x omits the body. */
    static Route readable(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }

    /** In words, such as Not Found. */
    static String reason(RoutingContext context, int status) {
        Throwable failure = context.failure();
        String words = context.response().setStatusCode(status).getStatusMessage();
        return failure == null || failure.getMessage() == null || failure instanceof HttpException
                ? words
                : words + ": " + shown(failure.getMessage());
    }

    /** What a caller wrote, or its beginning. */
    static String shown(String message) {
        return message.length() <= SHOWN ? message : message.substring(0, SHOWN) + "…";
    }

    static void text(RoutingContext context, int status, String sentence) {
        var _ = context.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                .end(sentence + "\n");
    }

    static void bytes(RoutingContext context, String type, byte[] bytes) {
        var _ = context.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(Buffer.buffer(bytes));
    }

    static void json(RoutingContext context, int status, Object value) {
        context.response().setStatusCode(status);
        bytes(context, "application/json", json(value));
    }

    static byte[] json(Object value) {
        try {
            return Json.mapper().writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a view cannot be written: " + e.getOriginalMessage(), e);
        }
    }
}
