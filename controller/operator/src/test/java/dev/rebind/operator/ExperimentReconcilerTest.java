package dev.rebind.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.rebind.engine.metrics.ExperimentMeters;
import dev.rebind.operator.resource.Conditions;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Counts;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.operator.run.ExperimentMetricsUpdater;
import dev.rebind.operator.run.ExperimentRunManager;
import dev.rebind.operator.run.RecordStore;
import dev.rebind.operator.workload.ClientHosts;
import dev.rebind.record.Json;
import dev.rebind.record.Phase;
import dev.rebind.record.Verdict;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With an API server that only deletes: nothing else is asked of it here. */
class ExperimentReconcilerTest {
    @TempDir
    Path folder;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    /** What the API server was asked to do. */
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private HttpServer server;
    private KubernetesClient client;
    private ExperimentRunManager runs;
    private Reconciler<RebindExperiment> reconciler;

    @BeforeEach
    void begin() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
            byte[] done = "{\"apiVersion\": \"v1\", \"kind\": \"Status\", \"status\": \"Success\"}"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, done.length);
            try (var out = exchange.getResponseBody()) {
                out.write(done);
            }
        });
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort() + "/")
                        .build())
                .build();
        var store = new RecordStore(folder);
        var observed = new ExperimentMetricsUpdater(new ExperimentMeters(registry, 10), store);
        runs = new ExperimentRunManager(
                client,
                store,
                observed,
                () -> "",
                "me",
                new ExperimentRunManager.Toggled("lab", "toggles"),
                ClientHosts.NONE);
        reconciler = new ExperimentReconciler(client, runs, observed);
    }

    @AfterEach
    void end() {
        runs.close();
        client.close();
        server.stop(0);
    }

    private static RebindExperiment finished() {
        return finished(Instant.parse("2026-01-01T00:00:00Z"));
    }

    private static RebindExperiment finished(Instant at) {
        var resource = new RebindExperiment();
        resource.getMetadata().setNamespace("lab");
        resource.getMetadata().setName("finished");
        resource.getMetadata().setUid("uid-1");
        resource.setStatus(StatusJson.write(new StatusEdit(ExperimentStatus.NEW, at)
                .started()
                .cycle(new Counts(3, 3, 0, Map.of(), 0, 0, 0), "off", "It is so.", 1, List.of())
                .over(Phase.Completed, Verdict.Pass)
                .done()));
        return resource;
    }

    @Test
    @DisplayName("When a controller begins and finds an experiment that is over, then its series are in /metrics again")
    @SuppressWarnings("NullAway") // The context is not looked at.
    void finishedIsSeen() throws Exception {
        var control = reconciler.reconcile(finished(), null);
        assertThat(control.isNoUpdate()).isTrue();
        assertThat(registry.get("rebind.experiment.cycles").counters().stream()
                        .mapToDouble(Counter::count)
                        .sum())
                .isEqualTo(3);
    }

    private static RebindExperiment pausedAndTerminated(Phase phase) throws Exception {
        var resource = new RebindExperiment();
        resource.getMetadata().setNamespace("lab");
        resource.getMetadata().setName("paused");
        resource.getMetadata().setUid("uid-2");
        resource.setSpec(Json.mapper().readTree("{\"suspend\": true, \"terminate\": true}"));
        resource.setStatus(StatusJson.write(
                new StatusEdit(ExperimentStatus.NEW, Instant.EPOCH).phase(phase).done()));
        return resource;
    }

    @Test
    @DisplayName("When a paused experiment is told to end, then it is not refused for being both; a new one is")
    @SuppressWarnings("NullAway") // The context is not looked at.
    void pausedAndTold() throws Exception {
        var control = reconciler.reconcile(pausedAndTerminated(Phase.Paused), null);
        assertThat(control.isNoUpdate()).isTrue();
        assertThat(control.getScheduleDelay()).as("it is run, to its end").isPresent();
        RebindExperiment fresh = pausedAndTerminated(Phase.Pending);
        assertThat(reconciler.reconcile(fresh, null).isPatchStatus()).isTrue();
        assertThat(StatusJson.of(fresh).phase()).isEqualTo(Phase.Error);
    }

    @Test
    @DisplayName("When a rule came after a running experiment was accepted, then it goes on; a new one is refused")
    @SuppressWarnings("NullAway") // The context is not looked at.
    void newRule() throws Exception {
        String spec =
                "{\"restart\": {\"close\": \"client\"}, \"clients\": {\"http\": {}}, \"expect\": {\"maxDowntime\": \"5s\"}}";
        RebindExperiment running = pausedAndTerminated(Phase.Running);
        running.setSpec(Json.mapper().readTree(spec));
        assertThat(reconciler.reconcile(running, null).isNoUpdate()).isTrue();
        RebindExperiment fresh = pausedAndTerminated(Phase.Pending);
        fresh.setSpec(Json.mapper().readTree(spec));
        assertThat(reconciler.reconcile(fresh, null).isPatchStatus()).isTrue();
    }

    @Test
    @DisplayName("When a running experiment breaks a rule that came later, then it goes on")
    @SuppressWarnings("NullAway") // The context is not looked at.
    void newRules() throws Exception {
        var control = reconciler.reconcile(pausedAndTerminated(Phase.Running), null);
        assertThat(control.isNoUpdate()).isTrue();
        assertThat(control.getScheduleDelay()).isPresent();
    }

    private static RebindExperiment pending(String spec) throws Exception {
        var resource = new RebindExperiment();
        resource.getMetadata().setNamespace("lab");
        resource.getMetadata().setName("fresh");
        resource.getMetadata().setUid("uid-3");
        resource.getMetadata().setGeneration(1L);
        resource.setSpec(Json.mapper().readTree(spec));
        return resource;
    }

    /** The message with which it is refused for good. */
    @SuppressWarnings("NullAway") // The context is not looked at.
    private String refusal(RebindExperiment resource) throws Exception {
        assertThat(reconciler.reconcile(resource, null).isPatchStatus()).isTrue();
        ExperimentStatus status = StatusJson.of(resource);
        assertThat(status.phase()).isEqualTo(Phase.Error);
        assertThat(status.controller()).isEqualTo("me");
        assertThat(runs.isRunning("uid-3")).isFalse();
        for (String type : List.of("Accepted", "Passed")) {
            assertThat(Conditions.of(status.conditions(), type).orElseThrow()).satisfies(condition -> {
                assertThat(condition.status()).isEqualTo(Truth.False);
                assertThat(condition.reason()).isEqualTo("Invalid");
            });
        }
        return Conditions.of(status.conditions(), "Accepted").orElseThrow().message();
    }

    @Test
    @DisplayName("When a spec is invalid, then the status names each field and what is wrong with it, and nothing runs")
    void invalid() throws Exception {
        assertThat(refusal(pending("{\"cycles\": 0, \"concurrency\": 0}")))
                .contains("spec.cycles: ")
                .contains("spec.concurrency: ")
                .contains("; ");
        assertThat(refusal(pending("{\"cycels\": 1}"))).contains("cycels");
    }

    @Test
    @DisplayName(
            "When a spec has cells, then the status says where they can be run, whatever phase the experiment is in")
    void cells() throws Exception {
        String spec = "{\"cells\": [{\"name\": \"one\", \"old\": {\"address\": \"127.0.0.1\", \"state\": \"LISTEN\"},"
                + " \"new\": {\"address\": \"127.0.0.1\"}}]}";
        assertThat(refusal(pending(spec))).contains("spec.cells").contains("./rebind run");
        RebindExperiment accepted = pending(spec);
        accepted.setStatus(StatusJson.write(new StatusEdit(ExperimentStatus.NEW, Instant.EPOCH)
                .phase(Phase.Running)
                .done()));
        assertThat(refusal(accepted)).isEqualTo("spec.cells: is for ./rebind run alone");
    }

    @Test
    @DisplayName("When an experiment has no time to live, then it is never deleted")
    @SuppressWarnings("NullAway") // The context is not looked at.
    void noTtl() throws Exception {
        var control = reconciler.reconcile(finished(), null);
        assertThat(control.getScheduleDelay()).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    @DisplayName("When the time to live of a finished experiment is not over, then it is looked at again when it is")
    @SuppressWarnings("NullAway") // The context is not looked at.
    void ttlWaits() throws Exception {
        RebindExperiment resource = finished(Instant.now().plusSeconds(1_000));
        resource.setSpec(Json.mapper().readTree("{\"ttlSecondsAfterFinished\": 3600}"));
        var control = reconciler.reconcile(resource, null);
        assertThat(control.isNoUpdate()).isTrue();
        assertThat(control.getScheduleDelay().orElseThrow()).isBetween(3_600_000L, 4_600_000L);
        assertThat(asked).isEmpty();
    }

    @Test
    @DisplayName("When the time to live of a finished experiment is over, then it is deleted")
    @SuppressWarnings("NullAway") // The context is not looked at.
    void ttlOver() throws Exception {
        RebindExperiment resource = finished();
        resource.setSpec(Json.mapper().readTree("{\"ttlSecondsAfterFinished\": 0}"));
        var control = reconciler.reconcile(resource, null);
        assertThat(control.getScheduleDelay()).isEmpty();
        assertThat(asked).containsExactly("DELETE /apis/rebind.dev/v1alpha1/namespaces/lab/rebindexperiments/finished");
    }

    @Test
    @DisplayName(
            "When an experiment is deleted, then it waits for nobody: the operator sets a finalizer for a Cleaner only")
    void noFinalizer() {
        assertThat(reconciler).isNotInstanceOf(Cleaner.class);
    }
}
