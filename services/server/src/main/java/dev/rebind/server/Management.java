package dev.rebind.server;

import dev.rebind.child.LeanVertx;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;

/**
 * The management port: {@code /livez} says that the process lives, {@code /readyz} that the server listens, {@code /metrics} what
 * Vert.x measures. On a Vert.x of its own: it answers while the server's event loop is busy.
 */
final class Management implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Vertx vertx = LeanVertx.builder(new VertxOptions()).build();
    private final InetSocketAddress address;
    private final BooleanSupplier ready;

    Management(InetAddress address, int port, BooleanSupplier ready) {
        this.address = new InetSocketAddress(address, port);
        this.ready = ready;
    }

    sealed interface Opening {
        record Opened() implements Opening {}

        record Failed(String why) implements Opening {}
    }

    Opening open() {
        try {
            vertx.createHttpServer()
                    .requestHandler(this::answer)
                    .listen(SocketAddress.inetSocketAddress(address))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            return new Opening.Opened();
        } catch (CompletionException failed) {
            return new Opening.Failed(String.valueOf(failed.getCause()));
        }
    }

    /** Has the server's Vert.x measure into {@code /metrics}. */
    VertxBuilder measure(VertxBuilder builder) {
        return builder.withMetrics(new MicrometerMetricsFactory(registry));
    }

    /** Turns the measuring on; goes with {@link #measure}. */
    static VertxOptions measured() {
        return new VertxOptions().setMetricsOptions(new MicrometerMetricsOptions().setEnabled(true));
    }

    private void answer(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.GET)) {
            request.response().setStatusCode(405).putHeader("Allow", "GET").end();
            return;
        }
        switch (String.valueOf(request.path())) {
            case "/livez" -> request.response().end("alive\n");
            case "/readyz" -> {
                boolean listening = ready.getAsBoolean();
                request.response()
                        .setStatusCode(listening ? 200 : 503)
                        .end(listening ? "listening\n" : "not listening\n");
            }
            case "/metrics" ->
                request.response()
                        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(registry.scrape());
            default -> request.response().setStatusCode(404).end("/livez, /readyz or /metrics\n");
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        registry.close();
    }
}
