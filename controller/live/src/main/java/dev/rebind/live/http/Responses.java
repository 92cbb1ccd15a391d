package dev.rebind.live.http;

import dev.rebind.live.ApiJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Answers that any thread may send. */
final class Responses {
    /** An answer repeats at most this many characters of what a caller wrote. */
    private static final int SHOWN = 200;

    private Responses() {}

    /** A readable resource: each path that answers GET answers HEAD (RFC 9110, section 9.1). Vert.x omits the body. */
    static Route readable(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
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

    static void json(RoutingContext context, int status, Object view) {
        context.response().setStatusCode(status);
        bytes(context, "application/json", ApiJson.json(view));
    }
}
