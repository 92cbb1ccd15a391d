package dev.rebind.operator.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.engine.metrics.ExperimentMeters;
import dev.rebind.live.Events;
import dev.rebind.live.OpenApi;
import dev.rebind.live.http.LiveServer;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.run.ExperimentKey;
import dev.rebind.operator.run.ExperimentMetricsUpdater;
import dev.rebind.operator.run.ExperimentRunManager;
import dev.rebind.operator.run.RecordStore;
import dev.rebind.operator.workload.ClientHosts;
import dev.rebind.record.Json;
import dev.rebind.record.RecordBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The live page's routes over resources of an API server. */
class ClusterLiveTest {
    private static final String SPEC = """
            {"cycles": 2, "restart": {"mode": "process", "close": "server"}, "suspend": false}""";
    private static final String RUNNING = """
            {"phase": "Running", "target": "Deployment/rebind-server", "mode": "process",
             "cycles": {"done": 1, "bound": 0, "failed": 1, "failedByCause": {"time_wait": 1},
                        "verdictFail": 0, "inconclusive": 0, "error": 0},
             "startedAt": "2026-11-22T21:51:00Z"}""";
    private static final String DOCUMENT = """
            apiVersion: rebind.dev/v1alpha1
            kind: RebindExperiment
            metadata:
              name: fresh
              namespace: NAMESPACE
            spec:
              cycles: 1
            """;

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final OpenApi description = new OpenApi();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private FakeApiServer apiServer;
    private ExperimentMetricsUpdater observed;
    private KubernetesClient client;
    private RecordStore store;
    private ExperimentRunManager runs;
    private ClusterExperiments experiments;
    private LiveServer server;

    @BeforeEach
    void open() throws IOException {
        apiServer = new FakeApiServer();
        apiServer.put("first", "a", SPEC, RUNNING);
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl(apiServer.url())
                        .withOauthToken(FakeApiServer.CONTROLLER)
                        .build())
                .build();
        store = new RecordStore(folder);
        observed = new ExperimentMetricsUpdater(new ExperimentMeters(registry, ExperimentMeters.MOST), store);
        runs = new ExperimentRunManager(
                client,
                store,
                observed,
                () -> "for agents",
                "me",
                new ExperimentRunManager.Toggled("lab", "toggles"),
                ClientHosts.NONE);
        List<String> watched = List.of(FakeApiServer.NAMESPACE);
        experiments = new ClusterExperiments(client, watched, runs, store, "0.1.0");
        server = LiveServer.open(0, experiments, new ClusterActions(client.getConfiguration(), watched, experiments));
        await().until(() -> get("v1/experiments").statusCode() == 200);
    }

    @AfterEach
    void close() {
        server.close();
        experiments.close();
        runs.close();
        client.close();
        apiServer.close();
        http.shutdownNow();
    }

    private URI uri(String path) {
        return URI.create(server.address() + path);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return described(
                "get", path, http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString()));
    }

    private HttpResponse<String> post(String path, String body, String token) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return described("post", path, http.send(request.build(), BodyHandlers.ofString()));
    }

    private HttpResponse<String> described(String method, String path, HttpResponse<String> answer) {
        assertThat(description.violations(
                        method,
                        "/" + path.replaceAll("^v1/experiments/[^/]+/[^/]+", "v1/experiments/{namespace}/{name}"),
                        answer.statusCode(),
                        answer.headers().firstValue("Content-Type").orElse(null),
                        answer.body()))
                .isEmpty();
        return answer;
    }

    private JsonNode tree(String path) throws IOException, InterruptedException {
        return Json.mapper().readTree(get(path).body());
    }

    @Test
    @DisplayName("When experiments are resources, then the page sees their statuses, specs and records")
    void reads() throws IOException, InterruptedException {
        try (var writer = store.writer(new ExperimentKey(FakeApiServer.NAMESPACE, "first", "a"))) {
            writer.write(new RecordBuilder("first", 1).build());
        }
        JsonNode one = tree("v1/experiments").at("/experiments/0");
        assertThat(one.path("phase").asText()).isEqualTo("Running");
        assertThat(one.path("planned").asInt()).isEqualTo(2);
        assertThat(one.at("/counts/failedByCause/time_wait").asInt()).isEqualTo(1);
        JsonNode detail = tree("v1/experiments/lab/first");
        assertThat(detail.path("yaml").asText())
                .contains("name: \"first\"", "mode: \"process\"")
                .doesNotContain("suspend");
        assertThat(get("v1/experiments/lab/first/records").body().lines()).hasSize(1);
        assertThat(get("v1/experiments/lab/first/sockets").statusCode()).isEqualTo(409);
        assertThat(get("v1/experiments/lab/first/report.html").body()).contains("servers ran on the nodes");
        assertThat(get("v1/experiments/lab/second").statusCode()).isEqualTo(404);
        assertThat(tree("v1/about").path("credential").asText()).isEqualTo("kubernetes-token");
    }

    @Test
    @DisplayName("When a resource changes or is deleted, then readers of events are told")
    void events() throws IOException, InterruptedException {
        try (var events = new Events(uri("v1/experiments/lab/first/events"), null)) {
            events.next("ready");
            apiServer.put("first", "a", SPEC, RUNNING.replace("Running", "Paused"));
            assertThat(events.next("experiment").data().path("phase").asText()).isEqualTo("Paused");
            apiServer.delete("first");
            events.next("gone");
            assertThat(events.next()).isNull();
        }
    }

    @Test
    @DisplayName("When a watched namespace is gone and may not be read, then the experiments of the others are shown")
    void namespaceGone() {
        List<String> watched = List.of(FakeApiServer.GONE, FakeApiServer.NAMESPACE);
        try (var some = new ClusterExperiments(client, watched, runs, store, "0.1.0")) {
            await().untilAsserted(() ->
                    assertThat(some.list()).extracting(one -> one.name()).containsExactly("first"));
        }
    }

    @Test
    @DisplayName("When one that is over is deleted, then its series in /metrics go, though it has no finalizer")
    void seriesGo() {
        var resource = new RebindExperiment();
        resource.setMetadata(new ObjectMetaBuilder()
                .withNamespace(FakeApiServer.NAMESPACE)
                .withName("first")
                .withUid("a")
                .build());
        observed.seen(resource);
        assertThat(registry.find("rebind.experiment.phase").gauges()).isNotEmpty();
        apiServer.delete("first");
        await().until(() -> registry.find("rebind.experiment.phase").gauges().isEmpty());
    }

    @Test
    @DisplayName(
            "When an order comes, then the API server decides by the caller's own token, and never sees the controller's")
    void orders() throws IOException, InterruptedException {
        String pause = "v1/experiments/lab/first/pause";
        assertThat(post(pause, "", "").statusCode()).isEqualTo(401);
        assertThat(post(pause, "", "of-nobody").statusCode()).isEqualTo(401);
        var refused = post(pause, "", FakeApiServer.VIEWER);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("User \"viewer\" cannot patch resource");
        assertThat(apiServer.experiment("first").at("/spec/suspend").asBoolean())
                .isFalse();
        assertThat(post(pause, "", FakeApiServer.EDITOR).statusCode()).isEqualTo(202);
        assertThat(apiServer.experiment("first").at("/spec/suspend").asBoolean())
                .isTrue();
        assertThat(post("v1/experiments/lab/first/resume", "", FakeApiServer.EDITOR)
                        .statusCode())
                .isEqualTo(202);
        assertThat(apiServer.experiment("first").at("/spec/suspend").asBoolean())
                .isFalse();
        assertThat(post("v1/experiments/lab/first/abort", "", FakeApiServer.EDITOR)
                        .statusCode())
                .isEqualTo(202);
        assertThat(apiServer.experiment("first").at("/spec/terminate").asBoolean())
                .isTrue();
        assertThat(apiServer.writers())
                .containsExactly(
                        "of-nobody",
                        FakeApiServer.VIEWER,
                        FakeApiServer.EDITOR,
                        FakeApiServer.EDITOR,
                        FakeApiServer.EDITOR);
        assertThat(post("v1/experiments/lab/nobody/pause", "", FakeApiServer.EDITOR)
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    @DisplayName("When an experiment is over, then nothing can be asked of it any more")
    void over() throws IOException, InterruptedException {
        apiServer.put("first", "a", SPEC, RUNNING.replace("Running", "Completed"));
        await().until(() -> tree("v1/experiments/lab/first").path("phase").asText(), "Completed"::equals);
        var answer = post("v1/experiments/lab/first/pause", "", FakeApiServer.EDITOR);
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).isEqualTo("the experiment is over: Completed\n");
        assertThat(apiServer.writers()).isEmpty();
    }

    @Test
    @DisplayName(
            "When an experiment has just ended, and the controller has not been told, then an order is refused, and changes nothing")
    void overUnseen() throws IOException, InterruptedException {
        apiServer.endUnseen("first");
        JsonNode before = apiServer.experiment("first").deepCopy();
        var answer = post("v1/experiments/lab/first/pause", "", FakeApiServer.EDITOR);
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).isEqualTo("the experiment is over: Completed\n");
        assertThat(apiServer.writers()).isNotEmpty().containsOnly(FakeApiServer.EDITOR);
        assertThat(apiServer.experiment("first")).isEqualTo(before);
    }

    @Test
    @DisplayName(
            "When the phase has changed and the controller has not been told, then an order is carried out all the same")
    void phaseUnseen() throws IOException, InterruptedException {
        apiServer.phaseUnseen("first", "Paused");
        assertThat(post("v1/experiments/lab/first/resume", "", FakeApiServer.EDITOR)
                        .statusCode())
                .isEqualTo(202);
        assertThat(apiServer.experiment("first").at("/spec/suspend").asBoolean(true))
                .isFalse();
        apiServer.put("fresh", "f", SPEC, "{}");
        await().until(() -> get("v1/experiments/lab/fresh").statusCode(), code -> code == 200);
        assertThat(post("v1/experiments/lab/fresh/pause", "", FakeApiServer.EDITOR)
                        .statusCode())
                .isEqualTo(202);
        assertThat(apiServer.experiment("fresh").at("/spec/suspend").asBoolean(false))
                .isTrue();
    }

    @Test
    @DisplayName(
            "When the records of an experiment are gone with the controller's volume, then its report says where to look")
    void recordsGone() throws IOException, InterruptedException {
        apiServer.put("first", "a", SPEC, RUNNING.replace("Running", "Completed"));
        await().until(() -> tree("v1/experiments/lab/first").path("phase").asText(), "Completed"::equals);
        var answer = get("v1/experiments/lab/first/report.html");
        assertThat(answer.statusCode()).isEqualTo(410);
        assertThat(answer.body())
                .startsWith(
                        "The experiment is Completed, and has counted 1 cycle, whose record is not stored here any more.")
                .contains("kubectl -n lab get rbx first -o yaml", "controller.records.persistence.enabled");
    }

    @Test
    @DisplayName("When an experiment is started, then it is checked as a file is, and made with the caller's own token")
    void start() throws IOException, InterruptedException {
        String document = DOCUMENT.replace("NAMESPACE", FakeApiServer.NAMESPACE);
        assertThat(post("v1/experiments", document, "").statusCode()).isEqualTo(401);
        var wrong = post("v1/experiments", document.replace("cycles: 1", "cycels: 1"), FakeApiServer.EDITOR);
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).startsWith("experiment:7: spec.cycels: unknown field");
        assertThat(post("v1/experiments", DOCUMENT.replace("NAMESPACE", "other"), FakeApiServer.EDITOR)
                        .body())
                .isEqualTo("metadata.namespace: this controller does not watch other, but lab\n");
        assertThat(post("v1/experiments", document + "---\n" + document.replace("fresh", "more"), FakeApiServer.EDITOR)
                        .statusCode())
                .isEqualTo(400);
        assertThat(apiServer.writers()).isEmpty();
        assertThat(post("v1/experiments", document, FakeApiServer.VIEWER).statusCode())
                .isEqualTo(403);
        var made = post("v1/experiments", document, FakeApiServer.EDITOR);
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.headers().firstValue("Location")).contains("/v1/experiments/lab/fresh");
        assertThat(apiServer.experiment("fresh").at("/spec/cycles").asInt()).isEqualTo(1);
        assertThat(post("v1/experiments", document, FakeApiServer.EDITOR).statusCode())
                .isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "  target: {command: {argv: [touch, /tmp/made], port: 18080}}\n",
                "  steps: [{name: one, target: {command: {argv: [touch, /tmp/made], port: 18080}}}]\n"
            })
    @DisplayName("When a document would start a command, then it is refused, and no resource is made")
    void command(String started) throws IOException, InterruptedException {
        String document = DOCUMENT.replace("NAMESPACE", FakeApiServer.NAMESPACE) + started;

        var refused = post("v1/experiments", document, FakeApiServer.EDITOR);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .containsAnyOf("no command is started in a cluster", "write an experiment for each step");
        assertThat(apiServer.writers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Authorization: Bearer of-nobody\r\n"})
    @DisplayName("When somebody unknown sends a document, then it is refused before it is read")
    void refusedUnread(String credential) throws IOException {
        URI address = URI.create(server.address());
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort())) {
            String head = "POST /v1/experiments HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\n" + credential
                    + "Content-Length: 79872\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(60_000);
            var answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            assertThat(answer.readLine()).isEqualTo("HTTP/1.1 401 Unauthorized");
        }
    }

    @Test
    @DisplayName(
            "When documents are sent that are made to take long, then the API goes on, and whoever is known is told")
    void hostileDocuments() throws IOException, InterruptedException {
        String hostile = "---\n".repeat(20_000);
        for (int i = 0; i < 4; i++) {
            assertThat(post("v1/experiments", hostile, "of-nobody").statusCode())
                    .isEqualTo(401);
        }
        var told = post("v1/experiments", hostile, FakeApiServer.EDITOR);
        assertThat(told.statusCode()).isEqualTo(400);
        assertThat(told.body())
                .isEqualTo("experiment:1002: has more than 1000 documents; divide it into several files\n");
        assertThat(get("v1/experiments").statusCode()).isEqualTo(200);
    }
}
