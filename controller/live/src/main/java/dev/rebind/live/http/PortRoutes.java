package dev.rebind.live.http;

import dev.rebind.live.ApiJson;
import dev.rebind.live.Experiments.AnsweredBy;
import dev.rebind.live.Experiments.Look;
import dev.rebind.live.Experiments.One;
import dev.rebind.live.Experiments.PortDiagnosis;
import dev.rebind.live.Experiments.Why;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** The routes of an experiment's port: its sockets now, and why it can or cannot be bound. */
final class PortRoutes {
    private final BlockingHandlers blocking;

    PortRoutes(BlockingHandlers blocking) {
        this.blocking = blocking;
    }

    void mount(Router router) {
        Responses.readable(router, ExperimentRoutes.ONE + "/sockets").handler(blocking.ofOne(PortRoutes::sockets));
        Responses.readable(router, ExperimentRoutes.ONE + "/why").handler(blocking.ofOne(PortRoutes::why));
    }

    private static void sockets(RoutingContext context, One one) {
        switch (one.look()) {
            case Look.Seen(ApiJson.Sockets sockets) -> Responses.json(context, 200, sockets);
            case Look.Nothing(String why) -> Responses.text(context, 409, why);
            case Look.Unreadable(String why) -> Responses.text(context, 503, why);
        }
    }

    private static void why(RoutingContext context, One one) {
        switch (one.why()) {
            case Why.Told told ->
                Responses.json(
                        context,
                        200,
                        new ApiJson.PortWhy(
                                told.port(),
                                told.answers().stream().map(PortRoutes::answer).toList()));
            case Why.Nothing(String why) -> Responses.text(context, 409, why);
        }
    }

    private static ApiJson.PodWhy answer(PortDiagnosis one) {
        return switch (one.by()) {
            case AnsweredBy.Machine _ -> new ApiJson.PodWhy(one.pod(), "machine", null, one.json());
            case AnsweredBy.PodAgent _ -> new ApiJson.PodWhy(one.pod(), "podAgent", null, one.json());
            case AnsweredBy.NodeAgent _ -> new ApiJson.PodWhy(one.pod(), "nodeAgent", null, one.json());
            case AnsweredBy.Controller(String reason) ->
                new ApiJson.PodWhy(one.pod(), "controller", reason, one.json());
        };
    }
}
