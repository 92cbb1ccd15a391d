package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.operator.resource.Conditions;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Condition;
import dev.rebind.operator.resource.ExperimentStatus.Toggled;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.run.ToggleJournal.Entry;
import dev.rebind.record.Phase;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ToggleRecoveryTest {
    private static final ExperimentKey KEY = new ExperimentKey("lab", "restart", "uid-1");

    private final FakeToggleJournal journal = new FakeToggleJournal();
    private final FakeExperimentApi experiments = new FakeExperimentApi(KEY, "{}");
    private final Map<String, String> settings = new LinkedHashMap<>();
    private @Nullable String mapUid = "uid-map";
    private @Nullable KubernetesClientException refusal;
    private boolean running;

    private final ToggleRecovery recovery = new ToggleRecovery(
            journal,
            new ToggleRecovery.Maps() {
                @Override
                public @Nullable String uid(String namespace, String configMap) {
                    KubernetesClientException refused = refusal;
                    if (refused != null) {
                        throw refused;
                    }
                    return mapUid;
                }

                @Override
                public void set(String namespace, String configMap, String key, @Nullable String value) {
                    if (value == null) {
                        settings.remove(key);
                    } else {
                        settings.put(key, value);
                    }
                }
            },
            experiments,
            _ -> running);

    @BeforeEach
    void changed() {
        settings.put("reuse", "changed");
        journal.add(new Entry(KEY, "settings", "uid-map", "reuse", "its own"));
        experiments.put(new StatusEdit(ExperimentStatus.NEW, Instant.EPOCH)
                .phase(Phase.Running)
                .toggled(new Toggled("settings", "reuse", "its own"))
                .done());
    }

    @Test
    @DisplayName("When the experiment was deleted while no controller was there, then its key has its former value")
    void deleted() {
        experiments.delete();
        recovery.sweep();
        assertThat(settings).containsEntry("reuse", "its own");
        assertThat(journal.entries()).isEmpty();
    }

    @Test
    @DisplayName("When the key was not there before, then it goes")
    void absentBefore() {
        experiments.delete();
        journal.add(new Entry(KEY, "settings", "uid-map", "reuse", null));
        recovery.sweep();
        assertThat(settings).isEmpty();
    }

    @Test
    @DisplayName("When the experiment goes on, here or with the next controller, then its key is left to it")
    void goesOn() {
        recovery.sweep();
        running = true;
        experiments.delete();
        recovery.sweep();
        assertThat(settings).containsEntry("reuse", "changed");
        assertThat(journal.entries()).hasSize(1);
    }

    @Test
    @DisplayName(
            "When the experiment ended while its key could not be written, then that is done later, and its status says so")
    void endedBefore() {
        experiments.put(new StatusEdit(experiments.status(), Instant.EPOCH)
                .over(Phase.Completed, null)
                .condition("Restored", Truth.False, "ToggleNotRestored", "it was not")
                .done());
        recovery.sweep();
        assertThat(settings).containsEntry("reuse", "its own");
        assertThat(experiments.status().toggled()).isNull();
        assertThat(Conditions.of(experiments.status().conditions(), "Restored"))
                .map(Condition::reason)
                .contains("ToggleRestored");
        assertThat(journal.entries()).isEmpty();
    }

    @Test
    @DisplayName("When the ConfigMap has gone, or another one has its name, then that one is left alone")
    void anotherMap() {
        experiments.delete();
        mapUid = "uid-another";
        recovery.sweep();
        assertThat(settings).containsEntry("reuse", "changed");
        assertThat(journal.entries()).isEmpty();

        journal.add(new Entry(KEY, "settings", "uid-map", "reuse", "its own"));
        mapUid = null;
        recovery.sweep();
        assertThat(journal.entries()).isEmpty();
    }

    @Test
    @DisplayName(
            "When the namespace has taken the controller's Role with it, then nothing waits, and it is tried again later")
    void forbidden() {
        experiments.delete();
        refusal = new KubernetesClientException("configmaps is forbidden", 403, null);
        recovery.sweep();
        recovery.sweep();
        assertThat(settings).containsEntry("reuse", "changed");

        refusal = null;
        recovery.sweep();
        assertThat(settings).containsEntry("reuse", "its own");
        assertThat(journal.entries()).isEmpty();
    }
}
