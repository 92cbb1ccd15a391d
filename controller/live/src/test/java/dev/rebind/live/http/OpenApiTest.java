package dev.rebind.live.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.live.OpenApi;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenApiTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("openapi.yaml has every route that there is, and no other")
    void routes() {
        var shelf = new ReportCache(folder);
        Vertx vertx = Vertx.vertx();
        var router = Router.router(vertx);
        Health.mount(router, () -> true);
        try (var _ = LiveApi.mount(router, shelf, shelf)) {
            var routes = new TreeSet<String>();
            for (Route route : router.getRoutes()) {
                String path = route.getPath();
                if (path != null) {
                    Set<HttpMethod> methods = route.methods();
                    for (HttpMethod method : methods) {
                        // HEAD is GET without the body.
                        if (!method.equals(HttpMethod.HEAD) || !methods.contains(HttpMethod.GET)) {
                            routes.add(method + " " + described(path));
                        }
                    }
                }
            }
            assertThat(routes).isEqualTo(new OpenApi().operations());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    /** As OpenAPI writes it: {@code {name}} for {@code :name}. */
    private static String described(String path) {
        return path.replaceAll(":([a-z]+)", "{$1}");
    }
}
