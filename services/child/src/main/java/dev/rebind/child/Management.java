package dev.rebind.child;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;

/**
 * The management port of a program: {@code /livez} says that the process lives, {@code /readyz} that it does its work, {@code
 * /metrics} what it measures. On a Vert.x of its own: it answers while the program's event loop is busy.
 */
public final class Management implements AutoCloseable {
    private final Scrape scrape = new Scrape();
    private final Vertx vertx = LeanVertx.builder(new VertxOptions()).build();
    private final InetSocketAddress address;
    private final BooleanSupplier ready;
    private final String work;

    /** @param work what it does once it is ready, in a word, such as listening */
    public Management(InetAddress address, int port, BooleanSupplier ready, String work) {
        this.address = new InetSocketAddress(address, port);
        this.ready = ready;
        this.work = work;
    }

    /** What came of opening the port. */
    public sealed interface Opening {
        /** @param port the actual one */
        record Opened(int port) implements Opening {}

        record Failed(String why) implements Opening {}
    }

    /** Begins to serve. Blocks. */
    public Opening open() {
        try {
            return new Opening.Opened(BoundedHttp.server(vertx, BoundedHttp.Limits.USUAL, this::answer)
                    .listen(SocketAddress.inetSocketAddress(address))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .actualPort());
        } catch (CompletionException failed) {
            return new Opening.Failed(String.valueOf(failed.getCause()));
        }
    }

    /** What {@code /metrics} shows; meters are added to it. */
    public Scrape scrape() {
        return scrape;
    }

    private void answer(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.GET)) {
            request.response().setStatusCode(405).putHeader("Allow", "GET").end();
            return;
        }
        switch (String.valueOf(request.path())) {
            case "/livez" -> request.response().end("alive\n");
            case "/readyz" -> {
                boolean working = ready.getAsBoolean();
                request.response().setStatusCode(working ? 200 : 503).end((working ? "" : "not ") + work + "\n");
            }
            case "/metrics" -> scrape.answer(vertx, request.response());
            default -> request.response().setStatusCode(404).end("/livez, /readyz or /metrics\n");
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        scrape.close();
    }
}
