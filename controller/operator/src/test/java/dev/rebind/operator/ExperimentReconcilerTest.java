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
import dev.rebind.record.CycleRecord.Verdict;
import dev.rebind.record.Phase;
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
                client, store, observed, () -> "", "me", new ExperimentRunManager.Toggled("lab", "toggles"));
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

    @Test
    @DisplayName(
            "When an experiment is deleted, then it waits for nobody: the operator sets a finalizer for a Cleaner only")
    void noFinalizer() {
        assertThat(reconciler).isNotInstanceOf(Cleaner.class);
    }
}
