package dev.rebind.live.http;

import dev.rebind.live.Audits;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;

/** The last audit of the servers in the pods of a cluster. */
final class AuditRoutes {
    private final Audits audits;

    AuditRoutes(Audits audits) {
        this.audits = audits;
    }

    void mount(Router router) {
        Responses.readable(router, "/v1/audit").handler(this::last);
    }

    private void last(RoutingContext context) {
        switch (audits.last(context.queryParams().get("namespace"))) {
            case Audits.Answer.Told(String json) ->
                Responses.bytes(context, "application/json", json.getBytes(StandardCharsets.UTF_8));
            case Audits.Answer.Nothing(String why) -> Responses.text(context, 409, why);
            case Audits.Answer.NotAudited(String why) -> Responses.text(context, 404, why);
            case Audits.Answer.NotYet(String why) -> Responses.text(context, 503, why);
        }
    }
}
