package dev.rebind.live.http;

import dev.rebind.child.BoundedHttp;
import dev.rebind.live.Actions;
import dev.rebind.live.Audits;
import dev.rebind.live.Experiments;
import dev.rebind.live.RecordCache;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * All routes of {@code openapi.yaml} except those of {@link Health}. Each {@code *Routes} class adds the routes of one subject.
 * {@link #close} ends the work for all callers and the events of all readers.
 */
public final class LiveApi implements AutoCloseable {
    /** The content security policy of the page: it may load content of this origin only, and no inline scripts and styles. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final BlockingHandlers blocking;
    private final EventRoutes events;

    private LiveApi(BlockingHandlers blocking, EventRoutes events) {
        this.blocking = blocking;
        this.events = events;
    }

    /** Makes a server for the routes, which does not listen yet. */
    public static HttpServer server(Vertx vertx, Router router) {
        return BoundedHttp.server(vertx, BoundedHttp.Limits.USUAL, router);
    }

    /** Adds the routes to a router, for a program that does not audit pods. */
    public static LiveApi mount(Router router, Experiments experiments, Actions actions) {
        return mount(router, experiments, actions, Audits.ON_ONE_MACHINE);
    }

    /** Adds the routes to a router. */
    public static LiveApi mount(Router router, Experiments experiments, Actions actions, Audits audits) {
        var blocking = new BlockingHandlers(experiments);
        var cache = new RecordCache();
        router.route().handler(LiveApi::headers);
        ErrorAnswers.mount(router);
        new PageRoutes().mount(router);
        new ExperimentRoutes(experiments, blocking).mount(router);
        new RecordRoutes(cache, blocking).mount(router);
        var events = new EventRoutes(experiments, cache, blocking);
        events.mount(router);
        new PortRoutes(blocking).mount(router);
        new ReportRoutes(blocking).mount(router);
        new ComparisonRoutes(experiments, blocking).mount(router);
        new AuditRoutes(audits, blocking).mount(router);
        new OrderRoutes(actions, blocking).mount(router);
        return new LiveApi(blocking, events);
    }

    /** Headers of every answer; a handler may override them. */
    private static void headers(RoutingContext context) {
        context.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        context.next();
    }

    @Override
    public void close() {
        blocking.close();
        events.close();
    }
}
