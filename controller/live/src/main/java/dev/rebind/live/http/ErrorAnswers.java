package dev.rebind.live.http;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests that cannot be carried out. A request that the router refuses is answered and not logged; a fault of this program is
 * answered and logged.
 */
final class ErrorAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    /** The statuses that Vert.x and its router answer by themselves. {@link #mount} gives these answers the form of all other refusals. */
    private static final List<Integer> REFUSALS = List.of(400, 404, 405, 406, 411, 413, 414, 415, 417, 426, 431);

    private ErrorAnswers() {}

    static void mount(Router router) {
        router.route().failureHandler(context -> {
            if (context.statusCode() < 0 && context.failure() == null) {
                // The router refuses the request itself, and then calls the error handler of the status.
                context.next();
            } else {
                refused(context, context.statusCode() < 0 ? 500 : context.statusCode());
            }
        });
        REFUSALS.forEach(status -> router.errorHandler(status, context -> refused(context, status)));
    }

    private static void refused(RoutingContext context, int status) {
        if (status >= 500) {
            broken(context, "an error in Rebind itself: " + context.failure(), context.failure());
        } else if (context.response().headWritten()) {
            context.response().reset();
        } else {
            Responses.text(context, status, reason(context, status));
        }
    }

    /** Returns the status in words, such as Not Found, with the reason if there is one. */
    private static String reason(RoutingContext context, int status) {
        Throwable failure = context.failure();
        String words = context.response().setStatusCode(status).getStatusMessage();
        return failure == null || failure.getMessage() == null || failure instanceof HttpException
                ? words
                : words + ": " + Responses.shown(failure.getMessage());
    }

    /** Logs a fault of this program, and answers with 500. If the answer has already begun, resets the connection. */
    static void broken(RoutingContext context, String why, @Nullable Throwable e) {
        LOG.error("{}: {}", context.request().path(), why, e);
        if (context.response().headWritten()) {
            context.response().reset();
        } else {
            Responses.text(context, 500, why);
        }
    }
}
