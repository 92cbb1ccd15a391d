package dev.rebind.live.http;

import io.vertx.ext.web.Router;

/** The routes of the page, its files, the description of the API and the schema of records. */
final class PageRoutes {
    private final Assets assets = new Assets();

    void mount(Router router) {
        Responses.readable(router, "/")
                .handler(
                        context -> assets.resource(context, "/dev/rebind/live/index.html", "text/html; charset=utf-8"));
        Responses.readable(router, "/assets/:file")
                .handler(context -> assets.file(context, Parameters.path(context, "file")));
        Responses.readable(router, "/openapi.yaml")
                .handler(context -> assets.resource(context, "/dev/rebind/live/openapi.yaml", "application/yaml"));
        Responses.readable(router, "/cycle-record.schema.json")
                .handler(context ->
                        assets.resource(context, "/dev/rebind/record/cycle-record.schema.json", "application/json"));
    }
}
