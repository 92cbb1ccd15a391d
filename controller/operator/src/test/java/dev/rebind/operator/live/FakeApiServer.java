package dev.rebind.operator.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.record.Json;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What the live page's source needs of an API server: experiments of one namespace to list, watch, patch and create. {@link
 * #CONTROLLER} may read, {@link #EDITOR} may write, {@link #VIEWER} is known and may do neither; nobody else is known.
 */
final class FakeApiServer implements AutoCloseable {
    static final String NAMESPACE = "lab";
    /** A namespace that took the controller's rights with it. */
    static final String GONE = "gone";

    static final String CONTROLLER = "token-of-the-controller";
    static final String EDITOR = "token-of-an-editor";
    static final String VIEWER = "token-of-a-viewer";

    private static final String PATH = "/apis/rebind.dev/v1alpha1/namespaces/" + NAMESPACE + "/rebindexperiments";

    private final Vertx vertx = Vertx.vertx();
    private final Map<String, ObjectNode> experiments = new LinkedHashMap<>();
    private final List<ServerWebSocket> watching = new CopyOnWriteArrayList<>();
    private final List<String> writers = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private int version = 1;

    FakeApiServer() {
        server = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> handle(request, body)))
                .webSocketHandler(watching::add)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    String url() {
        return "http://127.0.0.1:" + server.actualPort() + "/";
    }

    /** The tokens of all who tried to write, in that order. */
    List<String> writers() {
        return List.copyOf(writers);
    }

    synchronized JsonNode experiment(String name) {
        JsonNode found = experiments.get(name);
        if (found == null) {
            throw new AssertionError("no experiment " + name);
        }
        return found;
    }

    /** Adds or replaces one; its status is whatever is written there. */
    synchronized void put(String name, String uid, String spec, String status) {
        ObjectNode resource = Json.mapper().createObjectNode();
        resource.put("apiVersion", "rebind.dev/v1alpha1").put("kind", "RebindExperiment");
        resource.putObject("metadata")
                .put("name", name)
                .put("namespace", NAMESPACE)
                .put("uid", uid)
                .put("creationTimestamp", "2026-11-22T21:50:00Z");
        resource.set("spec", tree(spec));
        resource.set("status", tree(status));
        store(name, resource);
    }

    /** It is over, and nobody who watches has been told yet. */
    void endUnseen(String name) {
        phaseUnseen(name, "Completed");
    }

    /** It has this phase, and nobody who watches has been told yet. */
    synchronized void phaseUnseen(String name, String phase) {
        ((ObjectNode) experiment(name).path("status")).put("phase", phase);
    }

    synchronized void delete(String name) {
        ObjectNode gone = experiments.remove(name);
        if (gone != null) {
            tell("DELETED", gone);
        }
    }

    private void store(String name, ObjectNode resource) {
        version++;
        ((ObjectNode) resource.path("metadata")).put("resourceVersion", Integer.toString(version));
        boolean known = experiments.put(name, resource) != null;
        tell(known ? "MODIFIED" : "ADDED", resource);
    }

    private void tell(String type, ObjectNode resource) {
        ObjectNode event = Json.mapper().createObjectNode().put("type", type);
        event.set("object", resource);
        for (ServerWebSocket one : watching) {
            var _ = one.writeTextMessage(event.toString());
        }
    }

    private synchronized void handle(HttpServerRequest request, Buffer body) {
        String header = request.getHeader("Authorization");
        String token = header == null ? "" : header.replaceFirst("^Bearer ", "");
        String method = request.method().name();
        if (!List.of(CONTROLLER, EDITOR, VIEWER).contains(token)) {
            writers.add(token);
            refuse(request, 401, "Unauthorized");
        } else if (String.valueOf(request.path()).equals("/apis/authentication.k8s.io/v1/selfsubjectreviews")) {
            answer(
                    request,
                    201,
                    tree("{\"apiVersion\": \"authentication.k8s.io/v1\", \"kind\": \"SelfSubjectReview\"}"));
        } else if (String.valueOf(request.path()).contains("/namespaces/" + GONE + "/")) {
            refuse(request, 403, "rebindexperiments.rebind.dev is forbidden in the namespace \"" + GONE + "\"");
        } else if (method.equals("GET")) {
            answer(request, 200, list());
        } else {
            writers.add(token);
            if (token.equals(EDITOR)) {
                write(request, tree(body.toString()));
            } else {
                refuse(
                        request,
                        403,
                        "rebindexperiments.rebind.dev is forbidden: User \"viewer\" cannot "
                                + method.toLowerCase(java.util.Locale.ROOT) + " resource");
            }
        }
    }

    private void write(HttpServerRequest request, JsonNode body) {
        if (request.method().name().equals("POST")) {
            String name = body.at("/metadata/name").asText();
            if (experiments.containsKey(name)) {
                refuse(request, 409, "rebindexperiments.rebind.dev \"" + name + "\" already exists");
                return;
            }
            ObjectNode created = body.deepCopy();
            ((ObjectNode) created.path("metadata"))
                    .put("uid", "made-" + name)
                    .put("creationTimestamp", "2026-11-22T21:59:00Z");
            store(name, created);
            answer(request, 201, created);
            return;
        }
        String path = String.valueOf(request.path());
        String name = path.substring(path.lastIndexOf('/') + 1);
        ObjectNode patched = experiments.get(name);
        if (patched == null || !path.equals(PATH + "/" + name)) {
            refuse(request, 404, "rebindexperiments.rebind.dev \"" + name + "\" not found");
            return;
        }
        ObjectNode fresh = patched.deepCopy();
        if (!applied(body, fresh)) {
            refuse(request, 422, "the server rejected our request due to an error in our request");
            return;
        }
        if (!fresh.equals(patched)) {
            store(name, fresh);
        }
        answer(request, 200, fresh);
    }

    /** A merge patch of the spec, or a JSON patch (RFC 6902) of tests and of additions to it; false where a test fails. */
    private static boolean applied(JsonNode patch, ObjectNode to) {
        if (patch.isObject()) {
            patch.path("spec")
                    .properties()
                    .forEach(field -> ((ObjectNode) to.path("spec")).set(field.getKey(), field.getValue()));
            return true;
        }
        for (JsonNode operation : patch) {
            String path = operation.path("path").asText();
            if (operation.path("op").asText().equals("test")) {
                if (!to.at(path).equals(operation.path("value"))) {
                    return false;
                }
            } else {
                ((ObjectNode) to.path("spec")).set(path.substring("/spec/".length()), operation.path("value"));
            }
        }
        return true;
    }

    private ObjectNode list() {
        ObjectNode list = Json.mapper().createObjectNode();
        list.put("apiVersion", "rebind.dev/v1alpha1").put("kind", "RebindExperimentList");
        list.putObject("metadata").put("resourceVersion", Integer.toString(version));
        ArrayNode items = list.putArray("items");
        experiments.values().forEach(items::add);
        return list;
    }

    private static void refuse(HttpServerRequest request, int code, String message) {
        ObjectNode status = Json.mapper().createObjectNode();
        status.put("apiVersion", "v1").put("kind", "Status").put("status", "Failure");
        status.put("message", message).put("code", code);
        answer(request, code, status);
    }

    private static void answer(HttpServerRequest request, int code, JsonNode json) {
        var _ = request.response()
                .setStatusCode(code)
                .putHeader("Content-Type", "application/json")
                .end(json.toString());
    }

    private static JsonNode tree(String json) {
        try {
            return Json.mapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError(json, e);
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
