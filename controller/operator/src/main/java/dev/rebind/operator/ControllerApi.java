package dev.rebind.operator;

import dev.rebind.child.LeanVertx;
import dev.rebind.child.Scrape;
import dev.rebind.live.Actions;
import dev.rebind.live.Audits;
import dev.rebind.live.Experiments;
import dev.rebind.live.http.Health;
import dev.rebind.live.http.LiveApi;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.util.concurrent.CompletionException;

/** The controller's HTTP server. It serves health, meters, and the experiments with the live page. */
final class ControllerApi implements AutoCloseable {
    private final Vertx vertx;
    private final Router router;
    private final LiveApi live;
    private volatile boolean ready;

    private ControllerApi(Experiments experiments, Actions actions, Audits audits, Scrape scrape) {
        this.vertx = scrape.measure(LeanVertx.builder(Scrape.measured())).build();
        this.router = Router.router(vertx);
        router.route("/metrics")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(context -> scrape.answer(vertx, context.response()));
        Health.mount(router, () -> ready);
        this.live = LiveApi.mount(router, experiments, actions, audits);
    }

    /**
     * Starts the server.
     *
     * @throws IOException when the port cannot be bound
     */
    static ControllerApi open(int port, Experiments experiments, Actions actions, Audits audits, Scrape scrape)
            throws IOException {
        var api = new ControllerApi(experiments, actions, audits, scrape);
        try {
            LiveApi.server(api.vertx, api.router)
                    .listen(port)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            return api;
        } catch (CompletionException e) {
            api.close();
            throw new IOException("the HTTP API cannot be served on port " + port + ": " + e.getCause(), e);
        }
    }

    void ready() {
        ready = true;
    }

    @Override
    public void close() {
        live.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
