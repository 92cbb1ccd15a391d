package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rebind.operator.workload.TargetPod.Toggle;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RetryingPodControlTest {
    private static final TargetPod TARGET = WebPod.target("web-0", "node-1", null);

    private final List<String> done = new ArrayList<>();
    private final Flaky flaky = new Flaky();
    private final RetryingPodControl pods = new RetryingPodControl(flaky, Duration.ZERO);

    private static KubernetesClientException lost(IOException cause) {
        return new KubernetesClientException("An error has occurred.", cause);
    }

    private static KubernetesClientException answered(int code) {
        return new KubernetesClientException("code " + code, code, null);
    }

    /** Each call fails with the next failure, after it was carried out or before. */
    private final class Flaky implements PodControl {
        private final Queue<KubernetesClientException> failures = new ArrayDeque<>();
        private Runnable carriedOut = () -> {};
        private @Nullable Pod there = WebPod.running("web-0", "containerd://1");

        private void may() {
            KubernetesClientException failure = failures.poll();
            if (failure != null) {
                throw failure;
            }
        }

        private void order(String what) {
            done.add(what);
            carriedOut.run();
            may();
        }

        @Override
        public void evict(TargetPod target) {
            order("evict");
        }

        @Override
        public void rollOut(TargetPod target, Instant at) {
            order("roll out " + at);
        }

        @Override
        public void exec(TargetPod target, String... command) {
            order("exec");
        }

        @Override
        public @Nullable Pod pod(TargetPod target) {
            return there;
        }

        @Override
        public Set<String> pods(TargetPod target) {
            may();
            return Set.of("uid-web-0");
        }

        @Override
        public @Nullable TargetPod successor(TargetPod target, Set<String> known) {
            may();
            return null;
        }

        @Override
        public List<Pod> newPods(TargetPod target, Set<String> known) {
            may();
            return List.of();
        }

        @Override
        public List<DeploymentCondition> rollout(TargetPod target) {
            may();
            return List.of();
        }

        @Override
        public EndpointLooks.Source endpoints(TargetPod target, String service) {
            throw new AssertionError("nothing goes through a Service here");
        }

        @Override
        public void notRestored(TargetPod target, String why) {}

        @Override
        public @Nullable String value(String namespace, Toggle toggle) {
            may();
            return "yes";
        }

        @Override
        public @Nullable Instant changed(String namespace, Toggle toggle) {
            may();
            return Instant.EPOCH;
        }

        @Override
        public void set(String namespace, String configMap, String key, @Nullable String value) {
            order("set " + value);
        }
    }

    @Test
    @DisplayName("When the API server does not answer, then it is asked until it does")
    void waits() {
        flaky.failures.addAll(List.of(
                lost(new ConnectException("refused")), lost(new HttpTimeoutException("timed out")), answered(503)));
        assertThat(pods.pods(TARGET)).containsExactly("uid-web-0");
        flaky.failures.add(answered(504));
        pods.set("shop", "settings", "reuse", "yes");
        assertThat(done).containsExactly("set yes", "set yes");
    }

    @Test
    @DisplayName("When the API server refuses, then that is an answer")
    void refusal() {
        for (int code : List.of(403, 404, 422, 429, 500)) {
            flaky.failures.add(answered(code));
            assertThatThrownBy(() -> pods.pods(TARGET)).hasMessage("code " + code);
        }
        flaky.failures.add(new KubernetesClientException(
                "sh could not be run in container web", new ExecutionException(answered(403))));
        assertThatThrownBy(() -> pods.exec(TARGET, "sh")).hasMessageContaining("could not be run");
        flaky.failures.add(new KubernetesClientException("sh in container web ended with 127"));
        assertThatThrownBy(() -> pods.exec(TARGET, "sh")).hasMessageContaining("127");
    }

    @Test
    @DisplayName("When the answer to an order was lost and the order had its effect, then it is not given again")
    void onceOnly() throws Exception {
        flaky.failures.add(lost(new HttpTimeoutException("timed out")));
        flaky.carriedOut = () -> flaky.there = null;
        pods.evict(TARGET);
        assertThat(done).containsExactly("evict");

        flaky.there = WebPod.running("web-0", "containerd://1");
        flaky.failures.add(lost(new HttpTimeoutException("timed out")));
        flaky.carriedOut = () -> flaky.there = WebPod.running("web-0", "containerd://2");
        pods.exec(TARGET, "sh", "-c", "kill 1");
        assertThat(done).containsExactly("evict", "exec");
    }

    @Test
    @DisplayName("When an order did not reach the API server, then it is given again; a rollout as the same one")
    void again() throws Exception {
        flaky.failures.add(lost(new ConnectException("refused")));
        pods.evict(TARGET);
        flaky.failures.add(lost(new ConnectException("refused")));
        pods.exec(TARGET, "sh");
        flaky.failures.add(lost(new ConnectException("refused")));
        pods.rollOut(TARGET, Instant.EPOCH);
        assertThat(done)
                .containsExactly(
                        "evict",
                        "evict",
                        "exec",
                        "exec",
                        "roll out 1970-01-01T00:00:00Z",
                        "roll out 1970-01-01T00:00:00Z");
    }

    @Test
    @DisplayName("When the run is to end during an outage, then nobody waits for its end")
    void interrupted() {
        flaky.failures.add(lost(new ConnectException("refused")));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> pods.pods(TARGET)).isInstanceOf(KubernetesClientException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    @DisplayName("When the API server does not answer for a while, then that time does not count")
    void standsStill() {
        var pause = Duration.ofMillis(50);
        var patient = new RetryingPodControl(flaky, pause);
        flaky.failures.add(lost(new ConnectException()));
        flaky.failures.add(lost(new HttpTimeoutException("late")));
        long before = System.nanoTime() - patient.answeringNanos();
        assertThat(patient.pods(TARGET)).isNotEmpty();
        long after = System.nanoTime() - patient.answeringNanos();
        assertThat(Duration.ofNanos(before)).isLessThan(pause);
        assertThat(Duration.ofNanos(after)).isGreaterThanOrEqualTo(pause.multipliedBy(2));
    }
}
