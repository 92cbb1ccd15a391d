package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rebind.engine.metrics.ExperimentMeters;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.run.StatusStore.LostException;
import dev.rebind.record.Phase;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusStoreTest {
    private static final ExperimentKey KEY = new ExperimentKey("lab", "restart", "uid-1");

    @TempDir
    Path folder;

    private final FakeExperimentApi api = new FakeExperimentApi(KEY, "{}");
    private StatusStore store;

    @BeforeEach
    void claimed() throws Exception {
        var observed = new ExperimentMetricsUpdater(
                new ExperimentMeters(new SimpleMeterRegistry(), 10), new RecordStore(folder));
        store = new StatusStore(api, api.resource(), "me", observed);
        store.write(by("me", Phase.Pending));
    }

    private static ExperimentStatus by(String controller, Phase phase) {
        return new StatusEdit(ExperimentStatus.NEW, Instant.EPOCH)
                .about(1L, controller, null, null)
                .phase(phase)
                .done();
    }

    @Test
    @DisplayName("When somebody changed the resource meanwhile, then the same status is written on top of it")
    void conflict() throws Exception {
        api.put(by("me", Phase.Paused));
        store.write(by("me", Phase.Running));
        assertThat(api.status()).isEqualTo(by("me", Phase.Running));
        assertThat(store.status()).isEqualTo(api.status());
    }

    @Test
    @DisplayName("When another controller has claimed the experiment, then nothing is written")
    void claimedByAnother() {
        api.put(by("another", Phase.Running));
        assertThatThrownBy(() -> store.write(by("me", Phase.Completed)))
                .isInstanceOf(LostException.class)
                .hasMessage("lab/restart is worked on by another now");
        assertThat(api.status()).isEqualTo(by("another", Phase.Running));
    }

    @Test
    @DisplayName("When the experiment was deleted, then that is said")
    void gone() {
        api.delete();
        assertThatThrownBy(() -> store.write(by("me", Phase.Running)))
                .isInstanceOf(LostException.class)
                .hasMessage("lab/restart is gone");
    }

    @Test
    @DisplayName("When the API server is away, then the write is tried until it succeeds")
    void away() throws Exception {
        var tries = new AtomicInteger();
        api.before = _ -> {
            if (tries.incrementAndGet() < 3) {
                throw new KubernetesClientException("connection refused");
            }
        };
        store.write(by("me", Phase.Running));
        assertThat(tries).hasValue(3);
        assertThat(api.status().phase()).isEqualTo(Phase.Running);
    }

    @Test
    @DisplayName(
            "When a write is to be tried once, then an API server that is away is told, and the status stays what it was")
    void once() throws Exception {
        api.before = _ -> {
            throw new KubernetesClientException("connection refused");
        };
        assertThat(store.writeOnce(by("me", Phase.Running))).isFalse();
        assertThat(store.status().phase()).isEqualTo(Phase.Pending);
        api.before = _ -> {};
        api.put(by("me", Phase.Paused));
        assertThat(store.writeOnce(by("me", Phase.Running)))
                .as("a conflict is no reason to give up")
                .isTrue();
    }

    @Test
    @DisplayName(
            "When the API server refuses this controller's account again and again, then it stops: the namespace has taken its Role with it")
    void forbidden() throws Exception {
        api.before = _ -> {
            throw new KubernetesClientException("rebindexperiments is forbidden", 403, null);
        };
        for (int tries = 1; tries < 12; tries++) {
            assertThat(store.writeOnce(by("me", Phase.Running)))
                    .as("an upgrade of the release takes rights away for a moment")
                    .isFalse();
        }
        assertThatThrownBy(() -> store.writeOnce(by("me", Phase.Running)))
                .isInstanceOfSatisfying(
                        LostException.class, lost -> assertThat(lost.loss()).isEqualTo(StatusStore.Loss.refused));
    }

    @Test
    @DisplayName("When the API server refuses once and lets it in again, then refusals are counted anew")
    void letInAgain() throws Exception {
        for (int round = 0; round < 2; round++) {
            api.before = _ -> {
                throw new KubernetesClientException("rebindexperiments is forbidden", 403, null);
            };
            for (int tries = 0; tries < 11; tries++) {
                assertThat(store.writeOnce(by("me", Phase.Running))).isFalse();
            }
            api.before = _ -> {};
            assertThat(store.writeOnce(by("me", Phase.Running))).isTrue();
        }
    }

    @Test
    @DisplayName("When it is to end while the API server is away, then the wait ends")
    void interrupted() {
        api.before = _ -> {
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("connection refused");
        };
        assertThatThrownBy(() -> store.write(by("me", Phase.Running))).isInstanceOf(InterruptedException.class);
    }
}
