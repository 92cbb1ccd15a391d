package dev.rebind.live.http;

import dev.rebind.live.Comparisons;
import dev.rebind.live.Experiments;
import dev.rebind.live.Experiments.One;
import dev.rebind.live.Experiments.UnavailableException;
import dev.rebind.record.RecordingException;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.Optional;

/** The route that compares an experiment with another one. */
final class ComparisonRoutes {
    private final Experiments experiments;
    private final BlockingHandlers blocking;

    ComparisonRoutes(Experiments experiments, BlockingHandlers blocking) {
        this.experiments = experiments;
        this.blocking = blocking;
    }

    void mount(Router router) {
        Responses.readable(router, ExperimentRoutes.ONE + "/comparison").handler(blocking.ofOne(this::compare));
    }

    private void compare(RoutingContext context, One before)
            throws BadParameterException, RecordingException, UnavailableException {
        String with = Objects.requireNonNullElse(context.queryParams().get("with"), "");
        String[] other = with.split("/", -1);
        if (other.length != 2) {
            throw new BadParameterException("with is NAMESPACE/NAME of the other experiment");
        }
        Optional<One> after = experiments.find(other[0], other[1]);
        if (after.isEmpty()) {
            Responses.text(context, 404, "there is no experiment " + Responses.shown(with));
        } else {
            Responses.json(context, 200, Comparisons.of(before, after.get()));
        }
    }
}
