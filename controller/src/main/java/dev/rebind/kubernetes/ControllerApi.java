package dev.rebind.kubernetes;

import dev.rebind.child.LeanVertx;
import dev.rebind.live.Actions;
import dev.rebind.live.Experiments;
import dev.rebind.live.Health;
import dev.rebind.live.LiveApi;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.util.concurrent.CompletionException;

/** The controller over HTTP: health, and its experiments with the live page. */
final class ControllerApi implements AutoCloseable {
    private final Vertx vertx = LeanVertx.builder(new VertxOptions()).build();
    private final Router router = Router.router(vertx);
    private final LiveApi live;
    private volatile boolean ready;

    private ControllerApi(Experiments experiments, Actions actions) {
        Health.mount(router, () -> ready);
        this.live = LiveApi.mount(router, experiments, actions);
    }

    /** @throws IOException when the port cannot be bound */
    static ControllerApi open(int port, Experiments experiments, Actions actions) throws IOException {
        var api = new ControllerApi(experiments, actions);
        try {
            api.vertx
                    .createHttpServer()
                    .requestHandler(api.router)
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
