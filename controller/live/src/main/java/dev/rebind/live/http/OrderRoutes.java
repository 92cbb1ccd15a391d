package dev.rebind.live.http;

import dev.rebind.live.Actions;
import dev.rebind.live.Actions.Answer;
import dev.rebind.live.ApiJson;
import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;

/** The routes that start, pause, resume or abort an experiment. They need a token. */
final class OrderRoutes {
    private static final int MOST_BODY_BYTES = 1 << 20;

    private final Actions actions;
    private final BlockingHandlers blocking;

    OrderRoutes(Actions actions, BlockingHandlers blocking) {
        this.actions = actions;
        this.blocking = blocking;
    }

    void mount(Router router) {
        // The check needs a route of its own, because within one route Vert.x runs the body handler first.
        router.post("/v1/experiments").handler(this::admit);
        router.post("/v1/experiments")
                .handler(BodyHandler.create(false).setBodyLimit(MOST_BODY_BYTES))
                .handler(blocking.of(this::start));
        for (Actions.Order order : Actions.Order.values()) {
            router.post(ExperimentRoutes.ONE + "/" + order).handler(blocking.of(context -> order(context, order)));
        }
    }

    /** Refuses a caller who may not start any experiment, before the body of the request is read. */
    private void admit(RoutingContext context) {
        context.request().pause();
        Context loop = context.vertx().getOrCreateContext();
        blocking.of(_ -> {
                    Answer.Refused refused = actions.refusesStart(Parameters.token(context));
                    if (refused != null) {
                        answer(context, refused);
                        return;
                    }
                    loop.runOnContext(_ -> {
                        context.request().resume();
                        context.next();
                    });
                })
                .handle(context);
    }

    private void start(RoutingContext context) {
        String document = context.body().asString();
        answer(context, actions.start(document == null ? "" : document, Parameters.token(context)));
    }

    private void order(RoutingContext context, Actions.Order order) {
        answer(
                context,
                actions.order(
                        order,
                        Parameters.path(context, "namespace"),
                        Parameters.path(context, "name"),
                        Parameters.token(context)));
    }

    private static void answer(RoutingContext context, Answer answer) {
        switch (answer) {
            case Answer.Asked(ApiJson.Named named) -> Responses.json(context, 202, named);
            case Answer.Started(ApiJson.Named named) -> {
                context.response()
                        .putHeader(HttpHeaders.LOCATION, "/v1/experiments/" + named.namespace() + "/" + named.name());
                Responses.json(context, 201, named);
            }
            case Answer.Refused(int status, String why) -> {
                if (status == 401) {
                    context.response().putHeader("WWW-Authenticate", "Bearer");
                }
                Responses.text(context, status, why);
            }
        }
    }
}
