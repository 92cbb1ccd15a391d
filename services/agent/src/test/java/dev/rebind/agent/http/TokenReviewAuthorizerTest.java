package dev.rebind.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rebind.agent.http.Authorizer.Decision;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Against a small API server that reviews tokens. */
class TokenReviewAuthorizerTest {
    private static final String CONTROLLER = "system:serviceaccount:rebind:controller";

    private final List<JsonObject> asked = new CopyOnWriteArrayList<>();
    private final HttpServer api = server();
    private final AtomicLong clock = new AtomicLong();
    private final Authorizer authorizer = new TokenReviewAuthorizer(config(), CONTROLLER, clock::get);

    TokenReviewAuthorizerTest() throws IOException {}

    private HttpServer server() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.createContext("/apis/authentication.k8s.io/v1/tokenreviews", this::review);
        server.start();
        return server;
    }

    private Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + api.getAddress().getPort())
                .build();
    }

    @AfterEach
    void end() {
        api.stop(0);
    }

    private void review(HttpExchange exchange) throws IOException {
        var review = new JsonObject(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        asked.add(review);
        String token = review.getJsonObject("spec").getString("token");
        boolean refused = token.equals("not-my-right");
        JsonObject answer = refused
                ? new JsonObject()
                        .put("kind", "Status")
                        .put("apiVersion", "v1")
                        .put("status", "Failure")
                        .put("code", 403)
                        .put("message", "cannot create tokenreviews")
                : review.put("status", status(token));
        byte[] bytes = answer.encode().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(refused ? 403 : 201, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static JsonObject status(String token) {
        JsonObject user = new JsonObject().put("username", token.equals("other") ? "someone" : CONTROLLER);
        JsonArray audiences = new JsonArray().add(TokenReviewAuthorizer.AUDIENCE);
        return switch (token) {
            case "good", "other" ->
                new JsonObject().put("authenticated", true).put("user", user).put("audiences", audiences);
            case "no-audience" -> new JsonObject().put("authenticated", true).put("user", user);
            case "expired" -> new JsonObject().put("authenticated", false).put("error", "token has expired");
            default -> new JsonObject();
        };
    }

    @Test
    @DisplayName("the allowed user is let in, and remembered for ten seconds")
    void allowed() {
        assertThat(authorizer.check("good")).isEqualTo(new Decision.Allowed(CONTROLLER));
        clock.addAndGet(Duration.ofSeconds(9).toNanos());
        assertThat(authorizer.check("good")).isEqualTo(new Decision.Allowed(CONTROLLER));
        assertThat(asked)
                .singleElement()
                .satisfies(review -> assertThat(review.getJsonObject("spec"))
                        .isEqualTo(new JsonObject()
                                .put("audiences", new JsonArray().add("rebind.dev/agent"))
                                .put("token", "good")));
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(authorizer.check("good")).isEqualTo(new Decision.Allowed(CONTROLLER));
        assertThat(asked).hasSize(2);
    }

    @Test
    @DisplayName(
            "a token of nobody, or for another audience, is not let in, and neither is none; nothing of it is remembered")
    void unauthenticated() {
        assertThat(authorizer.check("expired")).isEqualTo(new Decision.Unauthenticated("token has expired"));
        assertThat(authorizer.check("expired")).isInstanceOf(Decision.Unauthenticated.class);
        assertThat(asked).hasSize(2);
        assertThat(authorizer.check("unheard-of")).isInstanceOf(Decision.Unauthenticated.class);
        assertThat(authorizer.check("no-audience"))
                .isEqualTo(new Decision.Unauthenticated("the token is not for audience rebind.dev/agent"));
        assertThat(authorizer.check(null)).isInstanceOf(Decision.Unauthenticated.class);
        assertThat(asked).hasSize(4);
    }

    @Test
    @DisplayName("another user of the cluster is known and not allowed")
    void forbidden() {
        assertThat(authorizer.check("other"))
                .isEqualTo(new Decision.Forbidden("someone", "only " + CONTROLLER + " may drive this agent"));
    }

    @Test
    @DisplayName("an API server that refuses, or is not there, lets nobody in")
    void undecided() {
        assertThat(authorizer.check("not-my-right"))
                .isInstanceOfSatisfying(
                        Decision.Undecided.class,
                        undecided -> assertThat(undecided.why()).contains("cannot create tokenreviews"));
        api.stop(0);
        assertThat(authorizer.check("good")).isInstanceOf(Decision.Undecided.class);
    }
}
