package dev.rebind.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.GenerationSettings.Mode;
import dev.rebind.agent.PortView;
import dev.rebind.agent.RecordingAgent;
import dev.rebind.agent.wire.Wire;
import dev.rebind.agent.wire.WireMessages;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.WhyPort;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixSocket;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The words of the API, spoken by a plain client. */
class AgentApiTest {
    private static final String HOLDER = "{\"namespace\":\"shop\",\"name\":\"rolling\",\"uid\":\"u1\"}";
    private static final String HOLD = "{\"holder\":" + HOLDER + "}";

    private final Served served = new Served();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Place place = new Place("127.0.0.1", FreePorts.next());

    AgentApiTest() throws Exception {}

    @AfterEach
    void end() {
        http.shutdownNow();
        served.close();
    }

    private HttpResponse<String> ask(Served of, String method, String path, @Nullable String body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(of.base().resolve(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        return http.send(
                request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> call(String method, String path, @Nullable String body, String... headers)
            throws Exception {
        var all = new ArrayList<>(List.of("Authorization", "Bearer " + Served.TOKEN));
        all.addAll(List.of(headers));
        return ask(served, method, path, body, all.toArray(String[]::new));
    }

    private HttpResponse<String> byHolder(String method, String path, @Nullable String body) throws Exception {
        return call(method, path, body, WireMessages.HOLD_HEADER, "u1");
    }

    private String settings(int generation, boolean reuse) throws Exception {
        return Wire.mapper()
                .writeValueAsString(new GenerationSettings(
                        generation, place, Mode.process, reuse, false, "echo", "nio", true, false, null));
    }

    private static JsonObject problem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains(WireMessages.Problem.MEDIA_TYPE);
        var problem = new JsonObject(response.body());
        assertThat(problem.getInteger("status")).isEqualTo(status);
        return problem;
    }

    private void hold() throws Exception {
        assertThat(call("PUT", "/v1/hold", HOLD).statusCode()).isEqualTo(200);
    }

    private <T> List<T> said(Class<T> type) {
        return served.agents.stream()
                .flatMap(agent -> agent.said(type).stream())
                .toList();
    }

    /** Method and path of each route that does something under /v1. */
    private List<String[]> guarded() {
        List<String[]> all = new ArrayList<>();
        for (Route route : served.api.router().getRoutes()) {
            String path = Objects.requireNonNullElse(route.getPath(), "");
            if (route.methods() != null && path.startsWith("/v1")) {
                for (HttpMethod method : route.methods()) {
                    all.add(new String[] {method.name(), path.replace(":id", "x")});
                }
            }
        }
        return all;
    }

    @Test
    @DisplayName("meters are for anyone, and for nobody to change")
    void metrics() throws Exception {
        HttpResponse<String> scrape = ask(served, "GET", "/metrics", null);
        assertThat(scrape.statusCode()).isEqualTo(200);
        assertThat(scrape.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(scrape.body())
                .contains("# TYPE jvm_memory_used_bytes gauge")
                .contains("# TYPE process_cpu_seconds_total counter")
                .contains("# TYPE vertx_http_server_active_requests gauge");
        problem(ask(served, "POST", "/metrics", "{}"), 405);
    }

    @Test
    @DisplayName("without a credential, or with one that is not allowed, no route does anything")
    void unauthorised() throws Exception {
        List<String[]> routes = guarded();
        assertThat(routes).hasSize(22);
        Authorizer forbidding = bearer -> bearer == null
                ? new Authorizer.Decision.Unauthenticated("no token")
                : new Authorizer.Decision.Forbidden("somebody", "is not the controller");
        Authorizer undecided = _ -> new Authorizer.Decision.Undecided("the API server does not answer");
        try (var forbids = new Served(forbidding, 0, Duration.ofMinutes(1));
                var unsure = new Served(undecided, 0, Duration.ofMinutes(1))) {
            for (String[] route : routes) {
                String body = route[0].equals("GET") ? null : HOLD;
                JsonObject missing = problem(ask(served, route[0], route[1], body), 401);
                assertThat(missing.getString("detail")).isEqualTo("not the token");
                problem(ask(served, route[0], route[1], body, "Authorization", "Bearer wrong"), 401);
                problem(ask(served, route[0], route[1], body, "Authorization", "Basic " + Served.TOKEN), 401);
                problem(ask(forbids, route[0], route[1], body), 401);
                JsonObject forbidden =
                        problem(ask(forbids, route[0], route[1], body, "Authorization", "Bearer any"), 403);
                assertThat(forbidden.getString("detail")).isEqualTo("somebody: is not the controller");
                problem(ask(unsure, route[0], route[1], body, "Authorization", "Bearer any"), 503);
            }
            for (Served each : List.of(served, forbids, unsure)) {
                assertThat(each.agents)
                        .singleElement()
                        .satisfies(own -> assertThat(own.said(Object.class)).isEmpty());
                assertThat(each.baseline.orders).isEmpty();
            }
        }
        JsonObject about = new JsonObject(call("GET", "/v1/agent", null).body());
        assertThat(about.containsKey("holder")).isFalse();
        assertThat(about.getString("node")).isEqualTo("node-1");
        assertThat(about.getLong("pid")).isEqualTo(ProcessHandle.current().pid());
        assertThat(about.getLong("networkNamespace")).isPositive();
    }

    @Test
    @DisplayName("probes need no credential")
    void probes() throws Exception {
        assertThat(ask(served, "GET", "/livez", null).statusCode()).isEqualTo(200);
        assertThat(ask(served, "GET", "/readyz", null).body()).isEqualTo("bound\n");
    }

    @Test
    @DisplayName("one holder at a time: another is told who it is, the same one renews, only he gives it back")
    void holds() throws Exception {
        hold();
        String other = HOLD.replace("u1", "u2").replace("rolling", "other");

        JsonObject conflict = problem(call("PUT", "/v1/hold", other), 409);

        assertThat(conflict.getString("detail")).isEqualTo("the agent is held by shop/rolling");
        assertThat(conflict.getJsonObject("holder").getString("name")).isEqualTo("rolling");
        hold();
        problem(call("DELETE", "/v1/hold", null, WireMessages.HOLD_HEADER, "u2"), 409);
        problem(call("DELETE", "/v1/hold", null), 409);
        problem(call("POST", "/v1/start", settings(1, false), WireMessages.HOLD_HEADER, "u2"), 409);
        assertThat(served.baseline.orders).containsExactly("hold reset");
        assertThat(byHolder("DELETE", "/v1/hold", null).statusCode()).isEqualTo(200);
        assertThat(byHolder("DELETE", "/v1/hold", null).statusCode()).isEqualTo(200);
        assertThat(served.baseline.orders).containsExactly("hold reset", "release");
        problem(call("PUT", "/v1/hold", HOLD.replace("}}", "},\"renew\":true}")), 409);
        assertThat(call("PUT", "/v1/hold", other).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"start", "stop", "clear", "clients", "exit", "released"})
    @DisplayName("what changes anything needs a hold")
    void needsHold(String what) throws Exception {
        String body = switch (what) {
            case "start" -> settings(1, false);
            case "stop" -> "{\"generation\":1,\"way\":\"close\",\"gracePeriod\":\"PT1S\"}";
            case "clear" -> "{\"place\":{\"address\":\"127.0.0.1\",\"port\":1}}";
            case "clients" ->
                "{\"place\":{\"address\":\"127.0.0.1\",\"port\":1},\"wanted\":{\"connections\":1,"
                        + "\"behaviour\":\"read\",\"answered\":true,\"reconnect\":true,\"traffic\":{\"is\":\"rebind\"}}}";
            case "exit" -> "{\"code\":1}";
            default -> "{\"explanation\":1,\"releasedNanos\":1,\"exact\":\"PT0S\"}";
        };
        // Of an explanation that was never given nothing can be said.
        problem(call("POST", "/v1/" + what, body), what.equals("released") ? 410 : 409);
        assertThat(said(Object.class)).isEmpty();
        assertThat(served.baseline.orders).isEmpty();
    }

    @Test
    @DisplayName("a kept baseline goes on under the hold, and is not started again after it")
    void keep() throws Exception {
        String keep = HOLD.replace("}}", "},\"baseline\":\"keep\",\"leaseSeconds\":5}");
        JsonObject held = new JsonObject(call("PUT", "/v1/hold", keep).body());
        assertThat(held.getString("baseline")).isEqualTo("keep");
        problem(call("PUT", "/v1/hold", HOLD.replace("}}", "},\"baseline\":\"stop\"}")), 409);
        assertThat(byHolder("POST", "/v1/exit", "{\"code\":3,\"way\":\"reset\"}")
                        .statusCode())
                .isEqualTo(200);
        await().until(() -> served.baseline.orders.equals(List.of("exit 3 reset")));
        byHolder("DELETE", "/v1/hold", null);
        assertThat(served.baseline.orders).containsExactly("exit 3 reset");
    }

    @Test
    @DisplayName("a kept baseline that was stopped on order is started again when the hold ends")
    void leave() throws Exception {
        call("PUT", "/v1/hold", HOLD.replace("}}", "},\"baseline\":\"keep\"}"));
        assertThat(byHolder("POST", "/v1/leave", "{\"way\":\"close\"}").statusCode())
                .isEqualTo(200);
        assertThat(served.baseline.orders).containsExactly("hold close");
        byHolder("DELETE", "/v1/hold", null);
        assertThat(served.baseline.orders).containsExactly("hold close", "release");
    }

    @Test
    @DisplayName("a lease that runs out resets what the holder started, and gives the port back to the baseline")
    void leaseOver() throws Exception {
        hold();
        assertThat(byHolder("POST", "/v1/start", settings(1, false)).body()).contains("\"is\":\"bound\"");
        call("PUT", "/v1/hold", HOLD.replace("}}", "},\"leaseSeconds\":1}"));
        RecordingAgent holders = served.agents.get(1);

        await().until(() -> served.baseline.orders.equals(List.of("hold reset", "release")));

        assertThat(holders.said(Stop.class)).singleElement().isInstanceOf(Stop.Stopped.class);
        long pid = holders.said(Start.Bound.class).getFirst().pids().getFirst();
        assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
                .isFalse();
        problem(byHolder("POST", "/v1/start", settings(2, false)), 409);
    }

    @Test
    @DisplayName("a start and a stop that come again get the result that there is")
    void again() throws Exception {
        hold();
        String first = byHolder("POST", "/v1/start", settings(1, false)).body();
        assertThat(byHolder("POST", "/v1/start", settings(1, false)).body()).isEqualTo(first);
        assertThat(byHolder("POST", "/v1/start", settings(1, true)).body()).contains("other settings");
        assertThat(said(Start.class)).hasSize(1);
        String order = "{\"generation\":1,\"way\":\"close\",\"gracePeriod\":\"PT20S\"}";

        String stopped = byHolder("POST", "/v1/stop", order).body();

        assertThat(stopped).contains("\"is\":\"stopped\"");
        assertThat(byHolder("POST", "/v1/stop", order).body()).isEqualTo(stopped);
        assertThat(said(Stop.class)).hasSize(1);
        assertThat(byHolder("POST", "/v1/start", settings(1, false)).body()).isEqualTo(first);
        assertThat(said(Start.class)).hasSize(1);
    }

    @Test
    @DisplayName("a start whose connection was lost is not carried out twice, and its retry gets its result")
    void lostConnection() throws Exception {
        hold();
        String body = settings(1, false);
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), served.base().getPort())) {
            socket.getOutputStream()
                    .write(("POST /v1/start HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + Served.TOKEN
                                    + "\r\nRebind-Hold: u1\r\nIdempotency-Key: k1\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            // Gone before the server is bound: the look before it is the first that is asked of the agent.
            await().until(() -> served.agents.size() == 2);
        }
        String[] key = {WireMessages.HOLD_HEADER, "u1", WireMessages.KEY_HEADER, "k1"};
        List<CompletableFuture<String>> retries = new ArrayList<>();
        for (int retry = 0; retry < 4; retry++) {
            retries.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return call("POST", "/v1/start", body, key).body();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        List<String> answers =
                retries.stream().map(CompletableFuture::join).distinct().toList();

        assertThat(answers).singleElement().asString().contains("\"is\":\"bound\"");
        assertThat(said(Start.class)).hasSize(1);
        problem(call("POST", "/v1/start", settings(2, false), key), 422);
    }

    @Test
    @DisplayName("a request that is meant for an earlier process of the agent is refused")
    void instance() throws Exception {
        JsonObject problem = problem(call("GET", "/v1/agent", null, WireMessages.INSTANCE_HEADER, "gone"), 412);
        assertThat(problem.getString("detail")).contains("started anew");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        PUT  | /v1/hold           | {"holder":{"namespace":"a","name":"b","uid":"c","age":1}} | 400 | holder.age | there is no field "age"
        PUT  | /v1/hold           | {"holder":{"namespace":"a","name":"b"}}                   | 400 | holder.uid | uid
        PUT  | /v1/hold           | {"holder":null}                                           | 400 | holder     | null
        PUT  | /v1/hold           | {"holder":{"namespace":"a","name":"b","uid":"c"},"leaseSeconds":0} | 400 | | is not in 1 to 3600
        PUT  | /v1/hold           | {"holder":                                                | 400 |            | end
        PUT  | /v1/hold           | []                                                        | 400 |            | Cannot deserialize
        POST | /v1/stop           | {"generation":"1","way":"close","gracePeriod":"PT1S"}     | 400 | generation | String
        POST | /v1/stop           | {"generation":1,"way":"softly","gracePeriod":"PT1S"}      | 400 | way        | softly
        POST | /v1/stop           | {"generation":1,"way":"close","gracePeriod":"5s"}         | 400 | gracePeriod | ISO 8601 duration
        POST | /v1/clear          | {"place":{"address":"localhost","port":1}}                | 400 |            | is no IPv4 or IPv6 address
        POST | /v1/clear          |                                                           | 400 |            | a JSON body is needed
        GET  | /v1/look           |                                                           | 400 |            | an address and a port
        GET  | /v1/ports/http      |                                                           | 400 |            | port: http is no number
        GET  | /v1/why/http        |                                                           | 400 |            | port: http is no number
        GET  | /v1/why/0           |                                                           | 400 |            | not in 1 to 65535
        GET  | /v1/why/80?address=here |                                                       | 400 |            | is no IPv4 or IPv6 address
        POST | /v1/audit           | {}                                                        | 400 |            | pods
        POST | /v1/audit           | {"pods": []}                                              | 400 |            | is not in 1 to 1000
        POST | /v1/audit           | {"pods": ["../1"]}                                        | 400 |            | hexadecimal digits
        GET  | /v1/why/80?pod=a/b  |                                                           | 400 |            | is no uid
        GET  | /v1/why/80?pod=a&probe=true |                                                   | 400 |            | from outside
        GET  | /v1/nothing        |                                                           | 404 |            | no such path
        GET  | /nothing           |                                                           | 404 |            | no such path
        POST | /v1/look           | {}                                                        | 405 |            | this path takes GET
        POST | /v1/hold           | {}                                                        | 405 |            | this path takes DELETE, PUT
        POST | /readyz            |                                                           | 405 |            | this path takes GET
        """)
    @DisplayName("a request that is not right is refused with the reason, and the field at fault")
    void refused(String method, String path, @Nullable String body, int status, @Nullable String field, String detail)
            throws Exception {
        JsonObject problem = problem(call(method, path, body), status);
        assertThat(problem.getString("detail")).contains(detail);
        if (field != null) {
            assertThat(problem.getString("field")).isEqualTo(field);
        }
        assertThat(served.baseline.orders).isEmpty();
    }

    @Test
    @DisplayName("a body of more than a mebibyte is refused, and so is one of another type")
    void bodies() throws Exception {
        problem(call("PUT", "/v1/hold", " ".repeat(1 << 20) + HOLD), 413);
        HttpResponse<String> form = http.send(
                HttpRequest.newBuilder(served.base().resolve("/v1/hold"))
                        .headers("Authorization", "Bearer " + Served.TOKEN, "Content-Type", "text/plain")
                        .PUT(BodyPublishers.ofString(HOLD))
                        .build(),
                BodyHandlers.ofString());
        problem(form, 415);
        String longest = "x".repeat(40_000);
        assertThat(problem(call("PUT", "/v1/hold", "{\"" + longest + "\":1}"), 400)
                        .encode())
                .as("a name is not repeated whole")
                .hasSizeLessThan(1_000);
        assertThat(problem(call("POST", "/v1/stop", "{\"generation\":\"" + longest + "\"}"), 400)
                        .encode())
                .as("nor is a value")
                .hasSizeLessThan(1_000);
        assertThat(served.baseline.orders).isEmpty();
    }

    @Test
    @DisplayName("anyone who is let in may look, held or not")
    void look() throws Exception {
        String answer = call("GET", "/v1/look?address=127.0.0.1&port=" + place.port(), null)
                .body();
        WireMessages.LookAnswer look =
                Objects.requireNonNull(Wire.mapper().readValue(answer, WireMessages.LookAnswer.class));
        assertThat(said(PortView.class)).containsExactly(look.view());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?probe=true", "?address=127.0.0.1", "?address=127.0.0.1&probe=true"})
    @DisplayName("anyone who is let in may ask why a port cannot be bound, and is told what rebind why says")
    void why(String query) throws Exception {
        try (var listener = PosixSocket.open(Family.IPV4)
                .bind(new Endpoint(InetAddress.ofLiteral("127.0.0.1"), place.port()))
                .listen(1)) {
            HttpResponse<String> response = call("GET", "/v1/why/" + place.port() + query, null);

            assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
            var told = new JsonObject(response.body());
            String said = DiagnosisJson.write(new WhyPort()
                    .diagnose(
                            query.contains("address")
                                    ? Question.at(place.port(), InetAddress.ofLiteral("127.0.0.1"))
                                    : Question.everywhere(place.port()),
                            new PortObserver.Manner(query.contains("probe"), true, false)));
            var direct = new JsonObject(said);
            assertThat(told.fieldNames()).isEqualTo(direct.fieldNames());
            // What its process does at the moment, and the time, are other ones a moment later.
            for (String member : List.of("port", "verdict", "exit_code", "cause", "summary", "answers", "release")) {
                assertThat(told.getValue(member)).as(member).isEqualTo(direct.getValue(member));
            }
            assertThat(told.getString("verdict")).isEqualTo("taken");
            assertThat(told.getInteger("exit_code")).isEqualTo(1);
            assertThat(listener.local().port()).isEqualTo(place.port());

            JsonArray ports = new JsonObject(call("GET", "/v1/why", null).body()).getJsonArray("ports");
            assertThat(ports.stream().map(port -> ((JsonObject) port).getInteger("port")))
                    .contains(place.port());
        }
    }

    @Test
    @DisplayName("of a pod that is not on this node nothing is known, and that is what is said")
    void whyElsewhere() throws Exception {
        var told = new JsonObject(call("GET", "/v1/why/80?pod=00000000-0000-0000-0000-000000000000", null)
                .body());
        assertThat(told.getString("verdict")).isEqualTo("not_known");
        assertThat(told.getInteger("exit_code")).isEqualTo(3);
        assertThat(told.toString()).contains("no process of it is on this node");
    }

    @Test
    @DisplayName("an audit has each pod that was asked for, or the reason why not; without audits it is refused")
    void audit() throws Exception {
        String pod = "00000000-0000-0000-0000-000000000000";
        String body = "{\"pods\": [\"" + pod + "\"]}";
        var told = new JsonObject(
                call("POST", "/v1/audit", body, WireMessages.KEY_HEADER, "k1").body());
        assertThat(told.getJsonArray("listeners")).isEmpty();
        assertThat(told.getString("verdict")).isEqualTo("not_known");
        assertThat(told.getJsonArray("untold")
                        .getJsonObject(0)
                        .getJsonObject("pod")
                        .getString("uid"))
                .isEqualTo(pod);
        assertThat(told.toString()).contains("no process of it is on this node");
        problem(ask(served, "POST", "/v1/audit", body), 401);
        try (var without = new Served(Served.GATE, 0, Duration.ofMinutes(1), null)) {
            JsonObject problem =
                    problem(ask(without, "POST", "/v1/audit", body, "Authorization", "Bearer " + Served.TOKEN), 409);
            assertThat(problem.getString("detail")).contains("--audit");
        }
    }
}
