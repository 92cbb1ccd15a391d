package dev.rebind.live.http;

import dev.rebind.child.LeanVertx;
import dev.rebind.child.Scrape;
import dev.rebind.diagnosis.BindFailure;
import dev.rebind.live.Actions;
import dev.rebind.live.Experiments;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Serves the page on the loopback address of this machine, where every user of the machine can reach it. */
public final class LiveServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final Vertx vertx;
    private final LiveApi api;
    private final int port;

    private LiveServer(Vertx vertx, LiveApi api, int port) {
        this.vertx = vertx;
        this.api = api;
        this.port = port;
    }

    /**
     * Starts to serve the page. The server listens when this method returns.
     *
     * @param port 0 for a free port
     * @throws IOException when the port cannot be bound
     */
    public static LiveServer open(int port, Experiments experiments, Actions actions) throws IOException {
        return open(port, experiments, actions, null);
    }

    /**
     * Starts to serve the page, and the metrics if there is a scrape. The server listens when this method returns.
     *
     * @param port 0 for a free port
     * @param scrape answers {@code /metrics}; null if there is no such route
     */
    public static LiveServer open(int port, Experiments experiments, Actions actions, @Nullable Scrape scrape)
            throws IOException {
        Vertx vertx = LeanVertx.builder(new VertxOptions()).build();
        Router router = Router.router(vertx);
        router.route().handler(new LoopbackGuard());
        Health.mount(router, () -> true);
        if (scrape != null) {
            Responses.readable(router, "/metrics").handler(context -> scrape.answer(vertx, context.response()));
        }
        LiveApi api = LiveApi.mount(router, experiments, actions);
        try {
            HttpServer server = LiveApi.server(vertx, router)
                    .listen(port, HOST)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            return new LiveServer(vertx, api, server.actualPort());
        } catch (CompletionException e) {
            api.close();
            vertx.close().toCompletionStage().toCompletableFuture().join();
            throw refused("the page", port, e);
        }
    }

    /**
     * Returns the exception for a server that cannot listen. Its message explains what holds the port if that is the cause, and quotes the
     * failure otherwise.
     */
    public static IOException refused(String what, int port, Throwable failure) {
        String why =
                switch (BindFailure.explain(failure, new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
                    case BindFailure.Explained explained -> ". " + explained.text();
                    case BindFailure.NotExplained _ -> ": " + Objects.requireNonNullElse(failure.getCause(), failure);
                };
        return new IOException(what + " cannot be served on " + HOST + ":" + port + why, failure);
    }

    public int port() {
        return port;
    }

    /** The URL of the page, {@code http://127.0.0.1:PORT/}. */
    public String address() {
        return "http://" + HOST + ":" + port + "/";
    }

    @Override
    public void close() {
        api.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
