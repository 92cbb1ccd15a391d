package dev.rebind.live.http;

import dev.rebind.live.ApiJson;
import dev.rebind.live.Experiments;
import io.vertx.ext.web.Router;

/** The routes of the controller itself, of the list of its experiments, and of one experiment. */
final class ExperimentRoutes {
    /** The path of one experiment. The paths of its records, events, port, reports and orders begin with it. */
    static final String ONE = "/v1/experiments/:namespace/:name";

    private final Experiments experiments;
    private final BlockingHandlers blocking;

    ExperimentRoutes(Experiments experiments, BlockingHandlers blocking) {
        this.experiments = experiments;
        this.blocking = blocking;
    }

    void mount(Router router) {
        Responses.readable(router, "/v1/about").handler(context -> Responses.json(context, 200, experiments.about()));
        Responses.readable(router, "/v1/experiments")
                .handler(blocking.of(
                        context -> Responses.json(context, 200, new ApiJson.ExperimentList(experiments.list()))));
        Responses.readable(router, ONE)
                .handler(blocking.ofOne((context, one) -> Responses.json(context, 200, one.detail())));
    }
}
