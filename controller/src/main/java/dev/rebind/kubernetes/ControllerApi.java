package dev.rebind.kubernetes;

import dev.rebind.child.LeanVertx;
import dev.rebind.kubernetes.resource.RebindExperiment;
import dev.rebind.kubernetes.run.Key;
import dev.rebind.kubernetes.run.RecordStore;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The controller over HTTP: health, and the records of its experiments. Nothing of it changes anything. */
final class ControllerApi implements AutoCloseable {
    private final Vertx vertx = LeanVertx.builder(new VertxOptions()).build();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final KubernetesClient client;
    private final RecordStore records;
    private volatile boolean ready;

    private ControllerApi(KubernetesClient client, RecordStore records) {
        this.client = client;
        this.records = records;
    }

    /** @throws IOException when the port cannot be bound */
    static ControllerApi open(int port, KubernetesClient client, RecordStore records) throws IOException {
        var api = new ControllerApi(client, records);
        Router router = Router.router(api.vertx);
        router.get("/livez").handler(context -> text(context, 200, "ok"));
        router.get("/readyz").handler(context -> text(context, api.ready ? 200 : 503, api.ready ? "ok" : "starting"));
        router.get("/v1/experiments/:namespace/:name/records")
                .handler(context -> api.workers.execute(() -> api.records(context)));
        try {
            api.vertx
                    .createHttpServer()
                    .requestHandler(router)
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

    private void records(RoutingContext context) {
        String namespace = context.pathParam("namespace");
        String name = context.pathParam("name");
        try {
            @Nullable
            RebindExperiment experiment = client.resources(RebindExperiment.class)
                    .inNamespace(namespace)
                    .withName(name)
                    .get();
            if (experiment == null) {
                text(context, 404, "there is no experiment " + namespace + "/" + name);
                return;
            }
            Path file = records.file(Key.of(experiment));
            if (Files.exists(file)) {
                context.response().putHeader("Content-Type", "application/jsonl");
                var _ = context.response().sendFile(file.toString());
            } else {
                text(context, 404, "this controller has no records of " + namespace + "/" + name);
            }
        } catch (KubernetesClientException e) {
            text(context, 503, "the API server did not answer: " + e.getMessage());
        }
    }

    private static void text(RoutingContext context, int status, String text) {
        var _ = context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "text/plain; charset=utf-8")
                .end(text + "\n");
    }

    @Override
    public void close() {
        workers.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
