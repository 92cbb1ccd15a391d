package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rebind.engine.metrics.ExperimentMeters;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.resource.StatusJson;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private static ExperimentStatus saying(String words) {
        return new StatusEdit(ExperimentStatus.NEW, Instant.EPOCH)
                .about(1L, "me", null, null)
                .condition("TargetReady", ExperimentStatus.Truth.False, "TargetNotReady", words)
                .done();
    }

    /** As an API server does that takes a status of so many characters; etcd's refusal comes with 500. */
    private FakeExperimentApi.Before taking(int most, AtomicInteger tries, int code, String message) {
        return status -> {
            tries.incrementAndGet();
            if (StatusJson.write(status).toString().length() > most) {
                throw new KubernetesClientException(message, code, null);
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        "413, Request entity too large: limit is 3145728",
        "500, etcdserver: request is too large",
        "500, rpc error: code = ResourceExhausted desc = trying to send message larger than max (3 vs. 2097152)"
    })
    @DisplayName(
            "When the API server refuses a status as too large, then it gets a smaller one, and not the same again")
    void tooLarge(int code, String message) throws Exception {
        var tries = new AtomicInteger();
        api.before = taking(2_000, tries, code, message);
        store.write(saying("words ".repeat(1_000)));
        assertThat(tries).hasValue(2);
        assertThat(api.status().conditions())
                .anySatisfy(condition -> assertThat(condition.message())
                        .startsWith("words words")
                        .endsWith("… (6000 characters)"));
    }

    @Test
    @DisplayName("When even the smallest status is too large for the API server, then the run ends")
    void tooLargeAltogether() {
        var tries = new AtomicInteger();
        api.before = taking(0, tries, 413, "Request entity too large");
        assertThatThrownBy(() -> store.write(saying("words")))
                .isInstanceOfSatisfying(
                        LostException.class, lost -> assertThat(lost.loss()).isEqualTo(StatusStore.Loss.tooLarge));
        assertThat(tries).hasValue(2);
    }

    @Test
    @DisplayName(
            "When somebody else's words are long, then the status has their beginning; what is to be restored is whole")
    void longWords() throws Exception {
        String value = "v".repeat(100_000);
        store.write(new StatusEdit(saying("w".repeat(100_000)), Instant.EPOCH)
                .toggled(new ExperimentStatus.Toggled("map", "key", value))
                .done());
        assertThat(api.status().conditions())
                .allSatisfy(condition -> assertThat(condition.message()).hasSizeLessThan(8_300));
        assertThat(api.status().toggled()).isEqualTo(new ExperimentStatus.Toggled("map", "key", value));
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
