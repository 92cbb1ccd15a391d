package dev.rebind.operator.workload;

import static dev.rebind.operator.workload.FakeNodeAgent.leftover;
import static dev.rebind.operator.workload.FakeNodeAgent.look;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.workload.TargetPod.Toggle;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import dev.rebind.sockets.TcpState;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ManagedPodAgentTest {
    private static final Place PLACE = new Place("0.0.0.0", 8080);

    @Test
    @DisplayName(
            "When clients have not closed yet when the server has left the port, then its container ends after they have")
    void settles() throws Exception {
        var looks = new AtomicInteger();
        try (var server = new FakeNodeAgent(() -> look(
                        Set.of(),
                        leftover(looks.incrementAndGet() < 5 ? TcpState.FIN_WAIT_2 : TcpState.TIME_WAIT, 40_001)));
                var agent = new ManagedPodAgent(
                        new OnePod(),
                        WebPod.managed("web-0", server.base()),
                        FakeNodeAgent.HOLDER,
                        () -> "",
                        PLACE,
                        Mode.container,
                        new NoBackup())) {
            var plan = (Plan.Cycles) Planner.plan(Specs.experiment("{clients: {connections: 1}}"));
            agent.prepare(plan.copy(0).next());
            assertThat(agent.stop(1, StopWay.close, Duration.ofSeconds(1))).isInstanceOf(Stop.Stopped.class);
            assertThat(PodPort.described(agent.look(PLACE))).isEqualTo("on the port were {TIME_WAIT=1}");
        }
    }

    /** A pod that runs all the time, and of which nothing is ordered. */
    private static final class OnePod implements PodControl {
        @Override
        public @Nullable Pod pod(TargetPod target) {
            return WebPod.running("web-0", "containerd://1");
        }

        @Override
        public Set<String> pods(TargetPod target) {
            return Set.of("uid-web-0");
        }

        @Override
        public List<Pod> newPods(TargetPod target, Set<String> known) {
            return List.of();
        }

        @Override
        public List<DeploymentCondition> rollout(TargetPod target) {
            return List.of();
        }

        @Override
        public @Nullable TargetPod successor(TargetPod target, Set<String> known) {
            return null;
        }

        @Override
        public @Nullable String value(String namespace, Toggle toggle) {
            return null;
        }

        @Override
        public @Nullable Instant changed(String namespace, Toggle toggle) {
            return null;
        }

        @Override
        public void evict(TargetPod target) {
            throw new AssertionError("evicted");
        }

        @Override
        public void rollOut(TargetPod target, Instant at) {
            throw new AssertionError("rolled out");
        }

        @Override
        public void exec(TargetPod target, String... command) {
            throw new AssertionError("a command is run");
        }

        @Override
        public void set(String namespace, String configMap, String key, @Nullable String value) {
            throw new AssertionError("a key is set");
        }

        @Override
        public EndpointLooks.Source endpoints(TargetPod target, String service) {
            throw new AssertionError("nothing goes through a Service here");
        }

        @Override
        public void notRestored(TargetPod target, String why) {
            throw new AssertionError(why);
        }
    }
}
