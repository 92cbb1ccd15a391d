package dev.rebind.live.http;

import dev.rebind.live.Audits;
import dev.rebind.record.Json;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The routes of the last audit of the servers in the pods of a cluster. */
final class AuditRoutes {
    private final Audits audits;
    private final BlockingHandlers blocking;

    AuditRoutes(Audits audits, BlockingHandlers blocking) {
        this.audits = audits;
        this.blocking = blocking;
    }

    private interface Sender {
        void send(String json, @Nullable String namespace) throws IOException;
    }

    void mount(Router router) {
        Responses.readable(router, "/v1/audit").handler(blocking.of(this::last));
        Responses.readable(router, "/v1/audit.md").handler(blocking.of(this::report));
    }

    private void last(RoutingContext context) throws IOException {
        answer(
                context,
                (json, _) -> Responses.bytes(context, "application/json", json.getBytes(StandardCharsets.UTF_8)));
    }

    private void report(RoutingContext context) throws IOException {
        answer(
                context,
                (json, namespace) -> Responses.bytes(
                        context,
                        "text/markdown; charset=utf-8",
                        AuditMarkdown.write(Json.mapper().readTree(json), namespace)
                                .getBytes(StandardCharsets.UTF_8)));
    }

    private void answer(RoutingContext context, Sender sender) throws IOException {
        String namespace = context.queryParams().get("namespace");
        switch (audits.last(namespace)) {
            case Audits.Answer.Told(String json) -> sender.send(json, namespace);
            case Audits.Answer.Nothing(String why) -> Responses.text(context, 409, why);
            case Audits.Answer.NotAudited(String why) -> Responses.text(context, 404, why);
            case Audits.Answer.NotYet(String why) -> Responses.text(context, 503, why);
        }
    }
}
