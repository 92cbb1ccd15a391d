package dev.rebind.operator.workload;

import static dev.rebind.operator.workload.FakeNodeAgent.leftover;
import static dev.rebind.operator.workload.FakeNodeAgent.look;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.wire.WireMessages.BaselineState;
import dev.rebind.agent.wire.WireMessages.Failure;
import dev.rebind.agent.wire.WireMessages.OwnStart;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.workload.TargetPod.Toggle;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
                var agent = onePod(server)) {
            var plan = (Plan.Cycles) Planner.plan(Specs.experiment("{clients: {connections: 1}}"));
            agent.prepare(plan.copy(0).next());
            assertThat(agent.stop(1, StopWay.close, Duration.ofSeconds(1))).isInstanceOf(Stop.Stopped.class);
            assertThat(PodPort.described(agent.look(PLACE))).isEqualTo("on the port were {TIME_WAIT=1}");
        }
    }

    private static ManagedPodAgent onePod(FakeNodeAgent server) throws Exception {
        return new ManagedPodAgent(
                new OnePod(),
                WebPod.managed("web-0", server.base()),
                FakeNodeAgent.HOLDER,
                () -> "",
                PLACE,
                Mode.container,
                new NoBackup());
    }

    private final KeptBackup backup = new KeptBackup();

    private ManagedPodAgent agent(FakeDeployment deployment, Mode mode, String more) throws Exception {
        return new ManagedPodAgent(
                deployment.control(),
                deployment.target("{restart: {mode: " + mode + "}, clients: {connections: 0}" + more + "}"),
                FakeNodeAgent.HOLDER,
                () -> "",
                PLACE,
                mode,
                backup);
    }

    private static Start start(ManagedPodAgent agent, int generation, boolean reuse) {
        var plan = (Plan.Cycles) Planner.plan(Specs.experiment("{clients: {connections: 0}}"));
        return agent.start(plan.copy(0).next().generation(generation, PLACE, reuse));
    }

    private static Stop stop(ManagedPodAgent agent) {
        return agent.stop(1, StopWay.close, Duration.ofSeconds(1));
    }

    @Test
    @DisplayName("When the running container has the SO_REUSEADDR that is wanted, then it is the first generation")
    void firstFits() throws Exception {
        try (var deployment = new FakeDeployment(true, 1);
                var agent = agent(deployment, Mode.container, "")) {
            assertThat(start(agent, 1, false)).isInstanceOf(Start.Bound.class);
            assertThat(deployment.orders).isEmpty();
            assertThat(agent.startMillis()).isNull();
        }
    }

    @Test
    @DisplayName("When the running container has another SO_REUSEADDR, then another one is the first generation")
    void firstDiffers() throws Exception {
        try (var deployment = new FakeDeployment(true, 1)) {
            deployment.settings.put("reuse", "false");
            try (var agent = agent(deployment, Mode.container, "")) {
                assertThat(start(agent, 1, true)).isInstanceOf(Start.Bound.class);
                assertThat(deployment.orders).containsExactly("exit server-0");
                assertThat(deployment.settings).containsEntry("reuse", "true");
                assertThat(backup.value()).isEqualTo(new ToggleBackup.Value("settings", "reuse", "false"));
            }
        }
    }

    @Test
    @DisplayName("When the fresh container did not read the key, then its bind proves nothing, and the start says so")
    void deaf() throws Exception {
        try (var deployment = new FakeDeployment(true, 1)) {
            deployment.settings.put("reuse", "false");
            deployment.deaf = true;
            try (var agent = agent(deployment, Mode.container, "")) {
                assertThat(start(agent, 1, true))
                        .isInstanceOfSatisfying(
                                Start.Broken.class,
                                broken -> assertThat(broken.why())
                                        .isEqualTo("the fresh container has SO_REUSEADDR false, not true:"
                                                + " it did not read the ConfigMap's new value"));
            }
        }
    }

    @Test
    @DisplayName(
            "When the bind in the fresh container failed, then the explanation is the one that its agent made then")
    void explains() throws Exception {
        try (var deployment = new FakeDeployment(true, 1);
                var agent = agent(deployment, Mode.container, "")) {
            assertThat(start(agent, 1, false)).isInstanceOf(Start.Bound.class);
            assertThat(stop(agent)).isInstanceOf(Stop.Stopped.class);
            var settings = ((Plan.Cycles) Planner.plan(Specs.experiment("{clients: {connections: 0}}")))
                    .copy(0)
                    .next()
                    .generation(7, PLACE, false);
            var failed =
                    new Start.Failed(7, settings, "EADDRINUSE", 98, "bind", "Address already in use", Instant.EPOCH, 1);
            var explanation = Explanation.unknown(new Release.Unbounded("it is made up"), "It was seen then.");
            deployment.starts.add(new OwnStart(
                    7,
                    3,
                    failed,
                    new Failure(failed, explanation, look(Set.of()).view(), "It was seen then."),
                    look(Set.of()).view()));
            Start second = start(agent, 2, false);
            assertThat(second).isInstanceOfSatisfying(Start.Failed.class, told -> {
                assertThat(told.generation()).isEqualTo(2);
                assertThat(told.errno()).isEqualTo("EADDRINUSE");
                assertThat(agent.explain(told).explanation()).isEqualTo(explanation);
            });
            assertThat(start(agent, 2, false)).isInstanceOf(Start.Bound.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"container", "pod", "rollout"})
    @DisplayName(
            "When it is restarted, then the new container is held, and it is known whether its network namespace is new")
    void restarts(Mode mode) throws Exception {
        try (var deployment = new FakeDeployment(true, 1)) {
            try (var agent = agent(deployment, mode, "")) {
                TargetPod before = agent.target();
                assertThat(start(agent, 1, false)).isInstanceOf(Start.Bound.class);
                assertThat(stop(agent)).isInstanceOf(Stop.Stopped.class);
                assertThat(start(agent, 2, false)).isInstanceOf(Start.Bound.class);
                assertThat(agent.freshNamespace()).isEqualTo(mode != Mode.container);
                assertThat(agent.target().podUid().equals(before.podUid())).isEqualTo(mode == Mode.container);
                assertThat(agent.startMillis()).isPositive();
                assertThat(agent.lost()).isNull();
                assertThat(deployment.orders)
                        .containsExactly(
                                switch (mode) {
                                    case container -> "exit server-0";
                                    case pod -> "evict server-0";
                                    case rollout -> "roll out";
                                    case process, listener -> throw new AssertionError(mode);
                                });
                assertThat(deployment.isAlone()).isFalse();
                assertThat(agent.giveBack(Duration.ZERO)).isInstanceOf(Restoration.Listening.class);
                assertThat(deployment.isAlone()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("When the pod goes while its container is restarted, then that is why the cycle failed")
    void gone() throws Exception {
        try (var deployment = new FakeDeployment(true, 1);
                var agent = agent(deployment, Mode.container, "")) {
            long before = System.nanoTime();
            assertThat(start(agent, 1, false)).isInstanceOf(Start.Bound.class);
            assertThat(agent.goneSince(before)).isNull();
            deployment.onOrder = deployment::lose;
            assertThat(stop(agent)).isInstanceOf(Stop.Broken.class);
            assertThat(agent.goneSince(before)).contains("pod server-0 is gone");
        }
    }

    /** Gives it back after a generation whose key was changed. */
    private Restoration givenBack(FakeDeployment deployment, String restore) throws Exception {
        deployment.settings.put("reuse", "false");
        try (var agent = agent(deployment, Mode.container, restore)) {
            assertThat(start(agent, 1, true)).isInstanceOf(Start.Bound.class);
            deployment.orders.clear();
            return agent.giveBack(Duration.ZERO);
        }
    }

    @Test
    @DisplayName(
            "When the key is restored and nothing more is asked for, then the container reads it at its next start")
    void atNextStart() throws Exception {
        try (var deployment = new FakeDeployment(true, 1)) {
            assertThat(givenBack(deployment, "")).isInstanceOf(Restoration.AtNextStart.class);
            assertThat(deployment.settings).containsEntry("reuse", "false");
            assertThat(deployment.orders).isEmpty();
        }
    }

    @Test
    @DisplayName("When the container is to have its own setting now, then it is restarted once more")
    void now() throws Exception {
        try (var deployment = new FakeDeployment(true, 1)) {
            assertThat(givenBack(deployment, ", restore: now")).isInstanceOf(Restoration.Listening.class);
            assertThat(deployment.settings).containsEntry("reuse", "false");
            assertThat(deployment.orders).containsExactly("exit server-0");
        }
    }

    @Test
    @DisplayName("When the key cannot be restored, then that is told in the API server's words")
    void notRestored() throws Exception {
        try (var deployment = new FakeDeployment(true, 1)) {
            deployment.settings.put("reuse", "false");
            try (var agent = agent(deployment, Mode.container, "")) {
                assertThat(start(agent, 1, true)).isInstanceOf(Start.Bound.class);
                deployment.forbidden = true;
                assertThat(agent.giveBack(Duration.ZERO))
                        .isInstanceOfSatisfying(
                                Restoration.Failed.class,
                                failed -> assertThat(failed.why()).contains("configmaps is forbidden"));
                assertThat(deployment.told).singleElement().asString().contains("configmaps is forbidden");
            }
        }
    }

    @Test
    @DisplayName("When the server cannot bind after the hold, then it is told that it does not listen")
    void notListening() throws Exception {
        try (var deployment = new FakeDeployment(true, 1);
                var agent = agent(deployment, Mode.container, "")) {
            assertThat(start(agent, 1, false)).isInstanceOf(Start.Bound.class);
            deployment.own(BaselineState.failing);
            assertThat(agent.giveBack(Duration.ZERO))
                    .isInstanceOfSatisfying(
                            Restoration.NotListening.class,
                            silent -> assertThat(silent.why()).contains("failing"));
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

    @Test
    @DisplayName(
            "When it is asked why, then the agent in the container answers, and while that is replaced nobody does")
    void why() throws Exception {
        try (var server = new FakeNodeAgent(() -> look(Set.of()));
                var agent = onePod(server)) {
            assertThat(agent.why().by()).isEqualTo(AgentAnswer.By.pod);
            assertThat(agent.why().json()).contains("/v1/why/8080?address=0.0.0.0");
            stop(agent);
            assertThatThrownBy(agent::why).hasMessage("its container is being replaced");
        }
    }

    @Test
    @DisplayName("When the agent in the pod is not asked, then the agent of its node says why, of this pod's port")
    void whyFromNode() throws Exception {
        try (var server = new FakeNodeAgent(() -> look(Set.of()));
                var node = new FakeNodeAgent(() -> look(Set.of()));
                var held = HeldTarget.take(
                        WebPod.managed("web-0", server.base()).seenBy(node.base()),
                        new OnePod(),
                        Mode.listener,
                        FakeNodeAgent.HOLDER,
                        () -> "",
                        null,
                        new NoBackup())) {
            AgentAnswer answer = held.whyFromNode();
            assertThat(answer.by()).isEqualTo(AgentAnswer.By.node);
            assertThat(answer.json()).contains("/v1/why/8080?pod=uid-web-0&host=false");
        }
    }

    @Test
    @DisplayName("When its node has no agent, then that one does not say why")
    void noNodeAgent() throws Exception {
        try (var server = new FakeNodeAgent(() -> look(Set.of()));
                var held = HeldTarget.take(
                        WebPod.managed("web-0", server.base()),
                        new OnePod(),
                        Mode.listener,
                        FakeNodeAgent.HOLDER,
                        () -> "",
                        null,
                        new NoBackup())) {
            assertThatThrownBy(held::whyFromNode).hasMessage("no agent of its node answers (nodeAgent.enabled)");
        }
    }
}
