package dev.rebind.e2e.checks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Http;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may use an agent: the controller, and nobody else. */
final class AccessChecks {
    private static final String HOLD = """
            {"holder": {"namespace": "nowhere", "name": "intruder", "uid": "intruder"}, "leaseSeconds": 60}""";
    private static final String PLACE = """
            {"address": "0.0.0.0", "port": 8080}""";

    private record Call(String method, String path, String body) {}

    private static final List<Call> CHANGING = List.of(
            new Call("PUT", "/v1/hold", HOLD),
            new Call("DELETE", "/v1/hold", ""),
            new Call(
                    "POST",
                    "/v1/start",
                    "{\"generation\": 1, \"place\": " + PLACE + ", \"mode\": \"process\", \"reuseAddress\": true}"),
            new Call("POST", "/v1/stop", "{\"generation\": 1, \"way\": \"kill\", \"gracePeriod\": \"PT1S\"}"),
            new Call("POST", "/v1/explain", "{\"failed\": {}}"),
            new Call("POST", "/v1/released", "{\"explanation\": 1, \"releasedNanos\": 1, \"exact\": true}"),
            new Call("POST", "/v1/clear", "{\"place\": " + PLACE + "}"),
            new Call("POST", "/v1/clients", "{\"place\": " + PLACE + ", \"wanted\": {\"connections\": 1}}"),
            new Call("POST", "/v1/clients/1/orders", "{\"order\": \"close\"}"),
            new Call("DELETE", "/v1/clients/1", ""),
            new Call("POST", "/v1/leave", "{\"way\": \"reset\"}"),
            new Call("POST", "/v1/exit", "{\"code\": 7}"));

    /** Nobody's business either. */
    private static final List<Call> READING = List.of(
            new Call("GET", "/v1/agent", ""),
            new Call("GET", "/v1/starts", ""),
            new Call("GET", "/v1/look?address=0.0.0.0&port=8080", ""),
            new Call("GET", "/v1/ports/8080", ""),
            new Call("GET", "/v1/clients/1", ""),
            new Call("GET", "/v1/clients/1/report", ""));

    @RegisterExtension
    static final Lane LANE = Lane.named("access");

    /**
     * @param token empty for none
     * @param refused the statuses that refuse it
     */
    private record Caller(String token, List<Integer> refused) {}

    @Check("access/unauthorised")
    void unauthorised(Release release, Claims claims) {
        Pod pod = release.pod("server");
        var stranger = new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("stranger")
                .withNamespace(release.namespace())
                .endMetadata()
                .build();
        Cluster.client().resource(stranger).create();
        int calls = 0;
        try (Http http = Http.to(pod, release.agentPort())) {
            Map<String, String> right = bearer(release.agentsToken());
            Map<String, Object> before = about(http, right, claims);
            claims.assertThat(before.get("baseline")).asString().as("baseline").contains("\"state\":\"bound\"");
            for (var caller : callers(release).entrySet()) {
                Map<String, String> headers =
                        new HashMap<>(bearer(caller.getValue().token()));
                headers.put("Rebind-Hold", "intruder");
                for (List<Call> group : List.of(CHANGING, READING)) {
                    for (Call call : group) {
                        Http.Answer answer = http.call(call.method(), call.path(), call.body(), headers);
                        claims.assertThat(answer.status())
                                .as("%s: %s %s: %s", caller.getKey(), call.method(), call.path(), answer.body())
                                .isIn(caller.getValue().refused());
                        calls++;
                    }
                }
                claims.assertThat(about(http, right, claims))
                        .as("the agent after calls with %s", caller.getKey())
                        .isEqualTo(before);
            }
        } finally {
            Cluster.client().resource(stranger).delete();
        }
        Pod after = release.pod("server");
        claims.assertThat(Pods.uid(after)).as("the server's pod").isEqualTo(Pods.uid(pod));
        claims.assertThat(Pods.restarts(after)).as("its restarts").isEqualTo(Pods.restarts(pod));
        claims.answered(release, "after it");
        claims.seen("%d calls to %d changing and %d reading endpoints refused, nothing changed"
                .formatted(calls, CHANGING.size(), READING.size()));
    }

    private static Map<String, Caller> callers(Release release) {
        String namespace = release.namespace();
        Map<String, Caller> callers = new LinkedHashMap<>();
        callers.put("no token", new Caller("", List.of(401)));
        callers.put("a word", new Caller("nonsense", List.of(401)));
        callers.put(
                "another account's token",
                new Caller(Cluster.token(namespace, "stranger", Release.AGENTS), List.of(403)));
        callers.put(
                "the agents' own account",
                new Caller(Cluster.token(namespace, Release.NAME + "-agent", Release.AGENTS), List.of(403)));
        callers.put(
                "the controller's, for the API server",
                new Caller(Cluster.token(namespace, Release.CONTROLLER_ACCOUNT, ""), List.of(401, 403)));
        callers.put(
                "the controller's, for another audience",
                new Caller(
                        Cluster.token(namespace, Release.CONTROLLER_ACCOUNT, "somebody.else/agent"),
                        List.of(401, 403)));
        return callers;
    }

    /** What must not change of an agent. */
    private static Map<String, Object> about(Http http, Map<String, String> right, Claims claims) {
        Http.Answer answer = http.call("GET", "/v1/agent", "", right);
        claims.assertThat(answer.status()).as("the controller's token may ask").isEqualTo(200);
        JsonNode agent = Cluster.json("GET /v1/agent", answer.body());
        Map<String, Object> facts = new TreeMap<>();
        List.of("instance", "pid", "holder", "baseline")
                .forEach(name -> facts.put(name, agent.path(name).toString()));
        return facts;
    }

    private static Map<String, String> bearer(String token) {
        return token.isEmpty() ? Map.of() : Map.of("Authorization", "Bearer " + token);
    }
}
