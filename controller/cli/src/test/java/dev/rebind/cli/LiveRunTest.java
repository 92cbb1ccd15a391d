package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.engine.LocalLab;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.live.Events;
import dev.rebind.live.OpenApi;
import dev.rebind.live.http.LiveServer;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import dev.rebind.record.Json;
import dev.rebind.record.RecordWriter;
import dev.rebind.report.SampleRun;
import dev.rebind.report.terminal.Progress;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real run, watched and steered over HTTP. */
class LiveRunTest {
    private static final String EXPERIMENTS = """
            apiVersion: rebind.dev/v1alpha1
            kind: RebindExperiment
            metadata: {name: long}
            spec:
              cycles: 100000
              restart: {mode: listener, close: server, interval: 10ms}
              reuseAddress: {value: true}
              clients: {connections: 0}
            ---
            apiVersion: rebind.dev/v1alpha1
            kind: RebindExperiment
            metadata: {name: short}
            spec:
              cycles: 2
              restart: {mode: listener, close: server}
              reuseAddress: {value: true}
              clients: {connections: 0}
            ---
            apiVersion: rebind.dev/v1alpha1
            kind: RebindExperiment
            metadata: {name: never}
            spec:
              cycles: 2
              restart: {mode: listener, close: server}
              clients: {connections: 0}
            """;

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final LocalLab lab = new LocalLab();
    private final OpenApi description = new OpenApi();
    private LiveRun live;
    private LiveServer server;
    private Thread run;

    @BeforeEach
    void begin() throws IOException {
        Path file = folder.resolve("cycles.jsonl");
        List<Sourced> experiments = switch (ExperimentFile.read("test.yaml", new StringReader(EXPERIMENTS))) {
            case ExperimentFile.Read.Experiments read -> read.experiments();
            case ExperimentFile.Read.Problems problems -> throw new AssertionError(problems);
        };
        List<Plan> plans =
                experiments.stream().map(one -> Planner.plan(one.experiment())).toList();
        live = new LiveRun(experiments, plans, file, lab, SampleRun.MACHINE);
        server = LiveServer.open(0, live, live);
        run = Thread.ofPlatform().start(() -> {
            var interruption = new Interruption(Thread.currentThread());
            try (var records = RecordWriter.create(file)) {
                new Recorder(lab, records, Progress.silent(), live, null, interruption, () -> {}).run(plans);
            } catch (IOException e) {
                throw new AssertionError(e);
            } catch (InterruptedException e) {
                interruption.acknowledge();
            } finally {
                interruption.over();
            }
        });
    }

    @AfterEach
    void end() throws InterruptedException {
        run.interrupt();
        run.join();
        server.close();
        lab.close();
        http.shutdownNow();
    }

    private URI uri(String path) {
        return URI.create(server.address() + path);
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        var answer = http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
        String described = "/" + path.replaceAll("^v1/experiments/[^/]+/[^/]+", "v1/experiments/{namespace}/{name}");
        assertThat(description.violations(
                        "get",
                        described,
                        answer.statusCode(),
                        answer.headers().firstValue("Content-Type").orElse(null),
                        answer.body()))
                .isEmpty();
        return answer.statusCode() == 200
                ? Json.mapper().readTree(answer.body())
                : Json.mapper().createObjectNode();
    }

    private HttpResponse<String> order(String experiment, String order) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri("v1/experiments/local/" + experiment + "/" + order))
                        .header("Authorization", "Bearer " + live.printedToken())
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private void awaitPhase(String experiment, String phase) {
        await().until(
                        () -> get("v1/experiments/local/" + experiment)
                                .path("phase")
                                .asText(),
                        phase::equals);
    }

    private int done(String experiment) throws IOException, InterruptedException {
        return get("v1/experiments/local/" + experiment).at("/counts/done").asInt();
    }

    @Test
    @DisplayName(
            "When it is paused, then no cycle begins until it is resumed; when it is aborted, then the next experiment runs")
    void steered() throws IOException, InterruptedException {
        try (var events = new Events(uri("v1/experiments/local/long/events"), null)) {
            assertThat(events.next("record").data().path("cycle").asInt()).isEqualTo(1);
        }
        assertThat(order("long", "pause").statusCode()).isEqualTo(202);
        awaitPhase("long", "Paused");
        int done = done("long");
        // It is said to be paused once no cycle is under way, and a gate that is shut lets none begin.
        assertThat(get("v1/experiments/local/long").path("steps")).isEmpty();
        assertThat(get("v1/experiments/local/long/sockets").path("sockets").findValuesAsText("state"))
                .containsOnlyOnce("LISTEN");
        assertThat(done("long")).isEqualTo(done);
        try (var client = new Socket()) {
            client.setKeepAlive(true);
            client.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(),
                    get("v1/experiments/local/long/sockets").path("port").asInt()));
            // The listing is the same for a moment, and the option runs a timer at this end only.
            await().until(
                            () -> get("v1/experiments/local/long/sockets")
                                    .path("sockets")
                                    .findValuesAsText("why"),
                            why -> why.contains("keepalive ends it unless the other end answers"));
        }
        assertThat(order("long", "resume").statusCode()).isEqualTo(202);
        await().until(() -> done("long") > done);
        assertThat(order("never", "abort").statusCode()).isEqualTo(202);
        assertThat(order("long", "abort").statusCode()).isEqualTo(202);
        run.join();
        JsonNode experiments = get("v1/experiments").path("experiments");
        assertThat(experiments.findValuesAsText("phase")).containsExactly("Aborted", "Completed", "Aborted");
        assertThat(experiments.findValuesAsText("verdict")).containsExactly("Inconclusive", "Pass", "Inconclusive");
        assertThat(live.anyAborted()).isTrue();
        assertThat(order("long", "resume").statusCode()).isEqualTo(409);
        assertThat(order("nobody", "pause").statusCode()).isEqualTo(404);
    }

    @Test
    @DisplayName("When experiments follow one another, then each has its own records of the one file")
    void records() throws IOException, InterruptedException {
        await().until(() -> done("long") > 2);
        assertThat(order("long", "abort").statusCode()).isEqualTo(202);
        run.join();
        for (String name : List.of("long", "short", "never")) {
            var records = http.send(
                    HttpRequest.newBuilder(uri("v1/experiments/local/" + name + "/records"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(records.body().lines())
                    .hasSize(done(name))
                    .allSatisfy(line -> assertThat(line).startsWith("{\"experiment\":\"" + name + "\""));
        }
    }

    @Test
    @DisplayName("When it is interrupted while it is paused, then it ends")
    void interrupted() throws IOException, InterruptedException {
        assertThat(order("long", "pause").statusCode()).isEqualTo(202);
        awaitPhase("long", "Paused");
        run.interrupt();
        run.join();
        assertThat(get("v1/experiments").path("experiments").findValuesAsText("phase"))
                .containsExactly("Aborted", "Aborted", "Aborted");
    }
}
