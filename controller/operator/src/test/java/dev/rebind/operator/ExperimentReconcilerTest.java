package dev.rebind.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.engine.metrics.ExperimentMeters;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Counts;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.resource.Statuses;
import dev.rebind.operator.run.ExperimentMetricsUpdater;
import dev.rebind.operator.run.ExperimentRunManager;
import dev.rebind.operator.run.RecordStore;
import dev.rebind.operator.workload.ClientHosts;
import dev.rebind.record.Json;
import dev.rebind.record.Phase;
import dev.rebind.record.Verdict;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without an API server: what is tried here asks it for nothing. */
class ExperimentReconcilerTest {
    @TempDir
    Path folder;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private KubernetesClient client;
    private ExperimentRunManager runs;
    private Reconciler<RebindExperiment> reconciler;

    @BeforeEach
    void begin() {
        client = new KubernetesClientBuilder().withConfig(Config.empty()).build();
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
    }

    private static RebindExperiment finished() {
        var resource = new RebindExperiment();
        resource.getMetadata().setNamespace("lab");
        resource.getMetadata().setName("finished");
        resource.getMetadata().setUid("uid-1");
        resource.setStatus(Statuses.write(new StatusEdit(ExperimentStatus.NEW, Instant.parse("2026-01-01T00:00:00Z"))
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
        resource.setStatus(Statuses.write(
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
        assertThat(Statuses.of(fresh).phase()).isEqualTo(Phase.Error);
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
    @DisplayName(
            "When an experiment is deleted, then it waits for nobody: the operator sets a finalizer for a Cleaner only")
    void noFinalizer() {
        assertThat(reconciler).isNotInstanceOf(Cleaner.class);
    }
}
