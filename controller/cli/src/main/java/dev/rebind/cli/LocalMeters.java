package dev.rebind.cli;

import dev.rebind.child.BoundedHttp;
import dev.rebind.child.LeanVertx;
import dev.rebind.child.Scrape;
import dev.rebind.engine.metrics.ExperimentLabels;
import dev.rebind.engine.metrics.ExperimentMeters;
import dev.rebind.engine.metrics.ExperimentProgress;
import dev.rebind.live.ApiJson;
import dev.rebind.live.http.LiveServer;
import dev.rebind.record.CycleRecord;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The metrics of a local run, and {@code /metrics} on the loopback address for users of this machine. */
final class LocalMeters implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final Scrape scrape = new Scrape();
    private final ExperimentMeters experiments = new ExperimentMeters(scrape.registry(), ExperimentMeters.MOST);
    private @Nullable Vertx vertx;

    Scrape scrape() {
        return scrape;
    }

    /** Sets where each scrape reads the progress of the experiments. */
    void progressOf(Supplier<List<ApiJson.Overview>> overviews) {
        scrape.before(() -> overviews
                .get()
                .forEach(one -> experiments.progress(
                        ExperimentLabels.local(one.name()),
                        new ExperimentProgress(one.phase(), one.verdict(), null, one.startedAt(), one.completedAt()))));
    }

    void record(CycleRecord record) {
        experiments.record(ExperimentLabels.local(record.experiment()), record);
    }

    /**
     * Starts the HTTP server of the metrics.
     *
     * @param port port to bind; 0 for any free one
     * @return the address of the metrics
     * @throws IOException when the port cannot be bound
     */
    String open(int port) throws IOException {
        Vertx serving = scrape.measure(LeanVertx.builder(Scrape.measured())).build();
        vertx = serving;
        try {
            int actual = BoundedHttp.server(serving, BoundedHttp.Limits.USUAL, request -> answer(serving, request))
                    .listen(port, HOST)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .actualPort();
            return "http://" + HOST + ":" + actual + "/metrics";
        } catch (CompletionException e) {
            throw LiveServer.refused("/metrics", port, e);
        }
    }

    private void answer(Vertx serving, HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.GET)) {
            request.response().setStatusCode(405).putHeader("Allow", "GET").end();
        } else if ("/metrics".equals(request.path())) {
            scrape.answer(serving, request.response());
        } else {
            request.response().setStatusCode(404).end("/metrics\n");
        }
    }

    @Override
    public void close() {
        if (vertx != null) {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        scrape.close();
    }
}
