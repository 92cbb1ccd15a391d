package dev.rebind.live.http;

import dev.rebind.live.ApiJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Sends answers; any thread may call it. */
final class Responses {
    /** The largest number of characters of a caller's text that an answer repeats. */
    private static final int SHOWN = 200;

    private Responses() {}

    /**
     * Returns a route that answers GET and HEAD, because each path that answers GET must answer HEAD (RFC 9110, section 9.1). Vert.x omits
     * the body for HEAD.
     */
    static Route readable(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }

    /** Returns a caller's text, or its beginning if it is long. */
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
