package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.experiment.ExperimentSpec.Mode;
import dev.rebind.experiment.Specs;
import dev.rebind.operator.workload.TargetPod.Network;
import dev.rebind.operator.workload.TargetPod.Toggle;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Without an agent of the node: whether a server listens is asked by a connection to a real port. */
class UnmanagedWorkloadAgentTest {
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final Control control = new Control();
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        control.run("web-0", "containerd://1");
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private TargetPod target(String pod) {
        return new TargetPod(
                "shop",
                new WorkloadId("Deployment", "web", "uid"),
                "app=web",
                pod,
                "uid-" + pod,
                "web",
                "node-1",
                Network.pod,
                "0.0.0.0",
                server.getLocalPort(),
                "127.0.0.1",
                server.getLocalPort(),
                null,
                null,
                null,
                null,
                List.of());
    }

    /** Pods as a test says they are; an order does what the test says. */
    private final class Control implements PodControl {
        private final Map<String, Pod> pods = new LinkedHashMap<>();
        private Runnable ordered = () -> {};

        private void run(String pod, String container) {
            pods.put(
                    pod,
                    new PodBuilder()
                            .withNewMetadata()
                            .withName(pod)
                            .withUid("uid-" + pod)
                            .endMetadata()
                            .withNewStatus()
                            .withPodIP("127.0.0.1")
                            .addNewContainerStatus()
                            .withName("web")
                            .withContainerID(container)
                            .withNewState()
                            .withNewRunning()
                            .endRunning()
                            .endState()
                            .endContainerStatus()
                            .endStatus()
                            .build());
        }

        @Override
        public void evict(TargetPod target) {
            ordered.run();
        }

        @Override
        public void rollOut(TargetPod target) {
            ordered.run();
        }

        @Override
        public void exec(TargetPod target, String... command) {
            ordered.run();
        }

        @Override
        public @Nullable Pod pod(TargetPod target) {
            return pods.get(target.pod());
        }

        @Override
        public Set<String> pods(TargetPod target) {
            return Set.copyOf(pods.values().stream()
                    .map(pod -> pod.getMetadata().getUid())
                    .toList());
        }

        @Override
        public @Nullable TargetPod successor(TargetPod target, Set<String> known) {
            return pods.values().stream()
                    .filter(pod -> !known.contains(pod.getMetadata().getUid()))
                    .findFirst()
                    .map(pod -> target(pod.getMetadata().getName()))
                    .orElse(null);
        }

        @Override
        public void notRestored(TargetPod target, String why) {
            throw new AssertionError(why);
        }

        @Override
        public @Nullable String value(String namespace, Toggle toggle) {
            throw new AssertionError("there is no toggle");
        }

        @Override
        public void set(String namespace, String configMap, String key, @Nullable String value) {
            throw new AssertionError("there is no toggle");
        }
    }

    private static final class NoBackup implements ToggleBackup {
        @Override
        public @Nullable Value value() {
            return null;
        }

        @Override
        public void keep(Value value) {
            throw new AssertionError("there is no toggle");
        }
    }

    private UnmanagedWorkloadAgent agent(Mode mode) throws InterruptedException {
        var agent = new UnmanagedWorkloadAgent(
                control, target("web-0"), () -> "", new Place("0.0.0.0", server.getLocalPort()), mode, new NoBackup());
        agent.watch(new ServerPresence() {
            @Override
            public void gone() {
                told.add("gone");
            }

            @Override
            public void bound() {
                told.add("bound");
            }
        });
        return agent;
    }

    private static Start start(UnmanagedWorkloadAgent agent, int generation) {
        var plan = (Plan.Cycles) Planner.plan(Specs.experiment("{clients: {connections: 0}}"));
        return agent.start(plan.copy(0).next().generation(generation, new Place("0.0.0.0", 8080), false));
    }

    private static Stop stop(UnmanagedWorkloadAgent agent) {
        return agent.stop(1, StopWay.close, Duration.ofSeconds(1));
    }

    @Test
    @DisplayName("When the old container has ended, then the server is gone")
    void container() throws Exception {
        UnmanagedWorkloadAgent agent = agent(Mode.container);
        assertThat(start(agent, 1)).isInstanceOf(Start.Bound.class);
        assertThat(told).isEmpty();
        control.ordered = () -> {
            assertThat(told).as("the order alone").isEmpty();
            control.run("web-0", "containerd://2");
        };
        assertThat(stop(agent)).isInstanceOf(Stop.Stopped.class);
        assertThat(told).containsOnly("gone");
    }

    @Test
    @DisplayName("When a rollout brings the new pod before the old one ends, then the server was never gone")
    void rollout() throws Exception {
        UnmanagedWorkloadAgent agent = agent(Mode.rollout);
        assertThat(start(agent, 1)).isInstanceOf(Start.Bound.class);
        control.ordered = () -> control.run("web-1", "containerd://2");
        assertThat(stop(agent)).isInstanceOf(Stop.Stopped.class);
        assertThat(start(agent, 2)).isInstanceOf(Start.Bound.class);
        assertThat(agent.target().pod()).isEqualTo("web-1");
        assertThat(told).isEmpty();
    }

    @Test
    @DisplayName("When a rollout ends the old pod first, then the server is gone")
    void recreated() throws Exception {
        UnmanagedWorkloadAgent agent = agent(Mode.rollout);
        assertThat(start(agent, 1)).isInstanceOf(Start.Bound.class);
        control.ordered = () -> control.pods.remove("web-0");
        assertThat(stop(agent)).isInstanceOf(Stop.Stopped.class);
        assertThat(told).containsOnly("gone");
    }
}
