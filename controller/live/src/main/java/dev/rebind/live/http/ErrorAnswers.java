package dev.rebind.live.http;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers to requests that cannot be carried out. The caller learns what the router refuses; only a fault of this program is logged.
 */
final class ErrorAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    /** The statuses that Vert.x and its router answer by themselves. Their answers look like those of every other refusal. */
    private static final List<Integer> REFUSALS = List.of(400, 404, 405, 406, 411, 413, 414, 415, 417, 426, 431);

    private ErrorAnswers() {}

    static void mount(Router router) {
        router.route().failureHandler(context -> {
            if (context.statusCode() < 0 && context.failure() == null) {
                // The router knows which refusal it is.
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

    /** In words, such as Not Found. */
    private static String reason(RoutingContext context, int status) {
        Throwable failure = context.failure();
        String words = context.response().setStatusCode(status).getStatusMessage();
        return failure == null || failure.getMessage() == null || failure instanceof HttpException
                ? words
                : words + ": " + Responses.shown(failure.getMessage());
    }

    /** Answers 500 and logs; resets the connection where the answer has begun. */
    static void broken(RoutingContext context, String why, @Nullable Throwable e) {
        LOG.error("{}: {}", context.request().path(), why, e);
        if (context.response().headWritten()) {
            context.response().reset();
        } else {
            Responses.text(context, 500, why);
        }
    }
}
