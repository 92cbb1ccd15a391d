package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.wire.WireMessages.ListenerAnswer;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.experiment.workload.Restore;
import dev.rebind.operator.workload.TargetPod.Toggle;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import dev.rebind.record.bind.Reuse;
import dev.rebind.record.server.SocketFlags;
import dev.rebind.sockets.TcpState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
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
        return target(pod, null);
    }

    private TargetPod target(String pod, @Nullable Toggle toggle) {
        return WebPod.here(pod, server.getLocalPort(), toggle);
    }

    /** Pods as a test says they are; an order does what the test says. */
    private final class Control implements PodControl {
        private final Map<String, Pod> pods = new LinkedHashMap<>();
        private final Map<String, String> settings = new LinkedHashMap<>();
        private Instant changed = WebPod.STARTED.minusSeconds(60);
        private Runnable ordered = () -> {};
        /** Those that have no address yet. */
        private List<Pod> pending = List.of();
        /** Of the Deployment. */
        private List<DeploymentCondition> conditions = List.of();
        /** Before each look at a pod. */
        private Runnable looked = () -> {};

        private void run(String pod, String container) {
            pods.put(pod, WebPod.running(pod, container));
        }

        private void end(String pod, String container) {
            Pod ended = WebPod.running(pod, container);
            ended.getStatus()
                    .getContainerStatuses()
                    .getFirst()
                    .setState(new ContainerStateBuilder()
                            .withNewTerminated()
                            .withContainerID(container)
                            .withExitCode(98)
                            .endTerminated()
                            .build());
            pods.put(pod, ended);
        }

        @Override
        public void evict(TargetPod target) {
            ordered.run();
        }

        @Override
        public void rollOut(TargetPod target, Instant at) {
            ordered.run();
        }

        @Override
        public void exec(TargetPod target, String... command) {
            ordered.run();
        }

        @Override
        public @Nullable Pod pod(TargetPod target) {
            looked.run();
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
        public List<Pod> newPods(TargetPod target, Set<String> known) {
            return Stream.concat(pods.values().stream(), pending.stream())
                    .filter(pod -> !known.contains(pod.getMetadata().getUid()))
                    .toList();
        }

        @Override
        public List<DeploymentCondition> rollout(TargetPod target) {
            return conditions;
        }

        @Override
        public EndpointLooks.Source endpoints(TargetPod target, String service) {
            throw new AssertionError("nothing goes through a Service here");
        }

        @Override
        public void notRestored(TargetPod target, String why) {
            told.add("not restored: " + why);
        }

        @Override
        public @Nullable String value(String namespace, Toggle toggle) {
            return settings.get(toggle.key());
        }

        @Override
        public @Nullable Instant changed(String namespace, Toggle toggle) {
            return changed;
        }

        @Override
        public void set(String namespace, String configMap, String key, @Nullable String value) {
            settings.put(key, String.valueOf(value));
        }
    }

    /** Has what a new container waits for told like the rest. */
    private UnmanagedWorkloadAgent delayed(Mode mode, @Nullable Toggle toggle) throws Exception {
        UnmanagedWorkloadAgent agent = agent(mode, toggle);
        agent.watch((pod, delay) -> told.add(pod.pod() + " waits for " + delay));
        return agent;
    }

    private static Toggle toggle(Restore restore) {
        return new Toggle("settings", "reuse", "yes", "no", restore);
    }

    private UnmanagedWorkloadAgent agent(Mode mode) throws Exception {
        return agent(mode, (Toggle) null);
    }

    private UnmanagedWorkloadAgent agent(Mode mode, @Nullable Toggle toggle) throws Exception {
        return agent(mode, target("web-0", toggle));
    }

    private UnmanagedWorkloadAgent agent(Mode mode, TargetPod target) throws Exception {
        var agent = new UnmanagedWorkloadAgent(
                control, target, () -> "", new Place("0.0.0.0", server.getLocalPort()), mode, new KeptBackup());
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
    @DisplayName(
            "When clients close after the old container has ended, then looks show it until the new container is asked for")
    void settles() throws Exception {
        var shown = new AtomicReference<>(FakeNodeAgent.look(Set.of(), FakeNodeAgent.listener(1)));
        try (var node = new FakeNodeAgent(shown::get);
                UnmanagedWorkloadAgent agent =
                        agent(Mode.container, target("web-0").seenBy(node.base()))) {
            assertThat(start(agent, 1)).isInstanceOf(Start.Bound.class);
            control.ordered = () -> {
                shown.set(FakeNodeAgent.look(Set.of(), FakeNodeAgent.leftover(TcpState.FIN_WAIT_2, 40_001)));
                control.run("web-0", "containerd://2");
            };
            assertThat(stop(agent)).isInstanceOf(Stop.Stopped.class);
            var place = new Place("0.0.0.0", 8080);
            assertThat(PodPort.described(agent.look(place))).isEqualTo("on the port were {FIN_WAIT_2=1}");
            shown.set(FakeNodeAgent.look(Set.of(), FakeNodeAgent.leftover(TcpState.TIME_WAIT, 40_001)));
            assertThat(PodPort.described(agent.lookAgain(place)))
                    .as("what is sampled is what was looked at")
                    .isEqualTo("on the port were {FIN_WAIT_2=1}");
            assertThat(PodPort.described(agent.look(place))).isEqualTo("on the port were {TIME_WAIT=1}");
            assertThat(agent.isPast(place)).isFalse();
            shown.set(FakeNodeAgent.look(Set.of(), FakeNodeAgent.listener(2)));
            assertThat(PodPort.described(agent.look(place))).isEqualTo("on the port were {TIME_WAIT=1}");
            assertThat(agent.isPast(place)).isTrue();
            assertThat(start(agent, 2)).isInstanceOf(Start.Bound.class);
            assertThat(PodPort.described(agent.look(place))).isEqualTo("on the port were {LISTEN=1}");
        }
    }

    @Test
    @DisplayName(
            "When the agent of the node reads the options of both listeners, then they are told, and where it does not, why")
    void flags() throws Exception {
        var shown = new AtomicReference<>(FakeNodeAgent.look(Set.of(), FakeNodeAgent.listener(1)));
        try (var node = new FakeNodeAgent(shown::get);
                UnmanagedWorkloadAgent agent =
                        agent(Mode.container, target("web-0").seenBy(node.base()))) {
            var plan = (Plan.Cycles) Planner.plan(Specs.experiment("{clients: {connections: 0}}"));
            assertThat(start(agent, 1)).isInstanceOf(Start.Bound.class);
            node.flags = new ListenerAnswer(false, true, null);
            agent.prepare(plan.pattern().getFirst());
            assertThat(agent.flags().fresh()).isNull();
            control.ordered = () -> {
                shown.set(FakeNodeAgent.look(Set.of(), FakeNodeAgent.listener(2)));
                control.run("web-0", "containerd://2");
            };
            assertThat(stop(agent)).isInstanceOf(Stop.Stopped.class);
            assertThat(start(agent, 2)).isInstanceOf(Start.Bound.class);
            node.flags = new ListenerAnswer(true, false, null);
            assertThat(agent.flags().old()).isEqualTo(new SocketFlags(false, true, null));
            assertThat(agent.flags().fresh()).isEqualTo(new SocketFlags(true, false, null));
            assertThat(agent.reuse(new Reuse(false, false))).isEqualTo(new Reuse(false, true));

            node.flags = ListenerAnswer.unread("it takes CAP_SYS_PTRACE (nodeAgent.readSocketOptions)");
            agent.prepare(plan.pattern().getFirst());
            assertThat(agent.flags().old())
                    .isEqualTo(new SocketFlags(null, null, "it takes CAP_SYS_PTRACE (nodeAgent.readSocketOptions)"));
        }
    }

    @Test
    @DisplayName("When something else deletes the pod, then no server failed: the cycle cannot be carried out")
    void evicted() throws Exception {
        UnmanagedWorkloadAgent agent = agent(Mode.container);
        assertThat(start(agent, 1)).isInstanceOf(Start.Bound.class);
        assertThat(agent.goneSince(0)).isNull();
        control.ordered = () -> {
            Pod evicted = WebPod.running("web-0", "containerd://2");
            evicted.getMetadata().setDeletionTimestamp("2026-01-01T12:01:00Z");
            control.pods.put("web-0", evicted);
        };
        assertThat(stop(agent)).isInstanceOf(Stop.Stopped.class);
        assertThat(start(agent, 2))
                .isEqualTo(new Start.Broken(2, "pod web-0 is being deleted by something else than this experiment"));
        assertThat(agent.goneSince(0)).contains("is being deleted");

        control.pods.clear();
        assertThat(stop(agent)).isInstanceOf(Stop.Broken.class);
        assertThat(agent.goneSince(0)).isEqualTo("pod web-0 is gone: something else than this experiment ended it");
    }

    @Test
    @DisplayName("When this experiment evicts the pod, then that it goes is no loss")
    void evictedHere() throws Exception {
        UnmanagedWorkloadAgent agent = agent(Mode.pod);
        assertThat(start(agent, 1)).isInstanceOf(Start.Bound.class);
        control.ordered = control.pods::clear;
        assertThat(stop(agent)).isInstanceOf(Stop.Stopped.class);
        assertThat(agent.goneSince(0)).isNull();

        control.run("web-1", "containerd://2");
        assertThat(start(agent, 2)).isInstanceOf(Start.Bound.class);
        control.pods.clear();
        assertThat(agent.goneSince(0)).contains("pod web-1 is gone");
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

    @Test
    @DisplayName(
            "When the Deployment gives a rollout up, then what its pod waits for is told, and nobody waits any longer")
    void givenUp() throws Exception {
        control.settings.put("reuse", "yes");
        UnmanagedWorkloadAgent agent = delayed(Mode.rollout, toggle(Restore.next_start));
        control.ordered = () -> {
            control.pending = List.of(StartDelayTest.unschedulable("web-1"));
            control.conditions = List.of(StartDelayTest.condition("Progressing", "False", "ProgressDeadlineExceeded"));
        };
        assertThat(start(agent, 1))
                .isInstanceOfSatisfying(
                        Start.Broken.class,
                        broken -> assertThat(broken.why())
                                .startsWith("the new container is waited for in vain: ProgressDeadlineExceeded:"
                                        + " Deployment/web has given up")
                                .contains("didn't have free ports"));
        assertThat(told).hasSize(2);
        assertThat(told.getFirst()).startsWith("web-0 waits for ProgressDeadlineExceeded");
        assertThat(told.getLast()).isEqualTo("web-0 waits for null");
    }

    @Test
    @DisplayName(
            "When the pod of a rollout cannot be scheduled at first, then that is told at once, and that it is over")
    void unschedulable() throws Exception {
        UnmanagedWorkloadAgent agent = delayed(Mode.rollout, null);
        assertThat(start(agent, 1)).isInstanceOf(Start.Bound.class);
        control.ordered = () -> control.pending = List.of(StartDelayTest.unschedulable("web-1"));
        control.looked = () -> {
            if (!told.isEmpty()) {
                control.pending = List.of();
                control.run("web-1", "containerd://2");
            }
        };
        assertThat(stop(agent)).isInstanceOf(Stop.Stopped.class);
        assertThat(told.getFirst()).startsWith("web-0 waits for Unschedulable: pod web-1: 0/2 nodes are available");
        assertThat(told.getLast()).isEqualTo("web-0 waits for null");
    }

    @Test
    @DisplayName(
            "When the Deployment has given up and the new container ends again and again, then a cycle waits until it binds")
    void givenUpLater() throws Exception {
        UnmanagedWorkloadAgent agent = delayed(Mode.rollout, null);
        assertThat(start(agent, 1)).isInstanceOf(Start.Bound.class);
        control.ordered = () -> {
            control.pods.clear();
            control.end("web-1", "containerd://2");
            control.conditions = List.of(StartDelayTest.condition("Progressing", "False", "ProgressDeadlineExceeded"));
        };
        assertThat(stop(agent)).isInstanceOf(Stop.Stopped.class);
        assertThat(start(agent, 2)).isInstanceOf(Start.Failed.class);
        told.clear();
        control.looked = () -> {
            if (!told.isEmpty()) {
                control.run("web-1", "containerd://3");
            }
        };
        assertThat(start(agent, 2)).isInstanceOf(Start.Bound.class);
        assertThat(told.getFirst()).startsWith("web-1 waits for ProgressDeadlineExceeded");
    }

    @Test
    @DisplayName("When nothing was toggled, then the target is given back as it is, and no container is ended for it")
    void givenBackAsItIs() throws Exception {
        UnmanagedWorkloadAgent agent = agent(Mode.container);
        control.ordered = () -> {
            throw new AssertionError("nothing is to be restarted");
        };
        assertThat(agent.giveBack(Duration.ofMinutes(1))).isEqualTo(new Restoration.Listening(Duration.ZERO));
    }

    @Test
    @DisplayName("When its server does not listen, then the target is not given back, and that is said")
    void silent() throws Exception {
        UnmanagedWorkloadAgent agent = agent(Mode.container);
        server.close();
        assertThat(agent.giveBack(Duration.ZERO))
                .isInstanceOfSatisfying(
                        Restoration.NotListening.class,
                        silent -> assertThat(silent.why()).contains("not seen to listen on port"));
    }

    @Test
    @DisplayName(
            "When the container that reads the key's former value cannot bind for a while, then the target is given back once it listens")
    void waitsForListener() throws Exception {
        UnmanagedWorkloadAgent agent = startedAnew(Restore.now);
        assertThat(control.settings).containsEntry("reuse", "no");

        int port = server.getLocalPort();
        var looks = new AtomicInteger();
        control.ordered = () -> {
            assertThat(control.settings).as("before the container reads it").containsEntry("reuse", "yes");
            closed();
            control.run("web-0", "containerd://3");
            control.looked = () -> {
                if (looks.incrementAndGet() == 10) {
                    opened(port);
                }
            };
        };
        Restoration restoration = agent.giveBack(Duration.ofMinutes(2));
        assertThat(looks.get()).as("it was waited for").isGreaterThan(10);
        assertThat(restoration)
                .isInstanceOfSatisfying(
                        Restoration.Listening.class,
                        listening -> assertThat(listening.without()).isPositive());
    }

    @Test
    @DisplayName("When nobody asks for a restart, then the key has its former value, and no container is ended for it")
    void atNextStart() throws Exception {
        UnmanagedWorkloadAgent agent = startedAnew(Restore.next_start);
        control.ordered = () -> {
            throw new AssertionError("nothing is to be restarted");
        };
        assertThat(agent.giveBack(Duration.ofMinutes(1))).isEqualTo(new Restoration.AtNextStart(Duration.ZERO));
        assertThat(control.settings).containsEntry("reuse", "yes");
    }

    @Test
    @DisplayName("When nobody asks for a restart and its server does not listen, then that is what is said")
    void silentAtNextStart() throws Exception {
        UnmanagedWorkloadAgent agent = startedAnew(Restore.next_start);
        server.close();
        assertThat(agent.giveBack(Duration.ZERO)).isInstanceOf(Restoration.NotListening.class);
    }

    @Test
    @DisplayName(
            "When the key has the wanted value and the container was started before it got that, then it is replaced before the first cycle")
    void startedBefore() throws Exception {
        control.settings.put("reuse", "no");
        control.changed = WebPod.STARTED.plusSeconds(1);
        UnmanagedWorkloadAgent agent = agent(Mode.container, toggle(Restore.next_start));
        var orders = new AtomicInteger();
        control.ordered = () -> {
            orders.incrementAndGet();
            control.run("web-0", "containerd://2");
        };
        assertThat(start(agent, 1)).isInstanceOf(Start.Bound.class);
        assertThat(orders).hasValue(1);
    }

    @Test
    @DisplayName("When the container was started after the key got the wanted value, then it is the first generation")
    void startedAfter() throws Exception {
        control.settings.put("reuse", "no");
        UnmanagedWorkloadAgent agent = agent(Mode.container, toggle(Restore.next_start));
        control.ordered = () -> {
            throw new AssertionError("nothing is to be restarted");
        };
        assertThat(start(agent, 1)).isInstanceOf(Start.Bound.class);
    }

    @Test
    @DisplayName("When the container cannot be ended, then the target has not its own setting")
    void forbidden() throws Exception {
        UnmanagedWorkloadAgent agent = startedAnew(Restore.now);
        control.ordered = () -> {
            throw new KubernetesClientException("pods/exec is forbidden");
        };
        assertThat(agent.giveBack(Duration.ofMinutes(2))).isEqualTo(new Restoration.Failed("pods/exec is forbidden"));
        assertThat(control.settings).containsEntry("reuse", "yes");
    }

    /** Its key says on; the first generation is a container that was started anew, with off. */
    private UnmanagedWorkloadAgent startedAnew(Restore restore) throws Exception {
        control.settings.put("reuse", "yes");
        UnmanagedWorkloadAgent agent = agent(Mode.container, toggle(restore));
        control.ordered = () -> control.run("web-0", "containerd://2");
        assertThat(start(agent, 1)).isInstanceOf(Start.Bound.class);
        return agent;
    }

    private void closed() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void opened(int port) {
        try {
            server = new ServerSocket(port, 5, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName(
            "When the API server does not answer for longer than a new container may take, then the container has its time after that")
    void outage() throws Exception {
        Duration atMost = Duration.ofMillis(300);
        var port = new PodPortObserver(
                new PodPort(() -> "", new Place("0.0.0.0", server.getLocalPort()), target("web-0")));
        var containers = new ServerContainers(
                new RetryingPodControl(control, Duration.ofMillis(100)), target("web-0"), Mode.container, port);
        control.end("web-0", "containerd://1");
        assertThat(containers.endsNow("containerd://1")).isTrue();
        var looks = new AtomicInteger();
        control.looked = () -> {
            int look = looks.incrementAndGet();
            if (look <= 6) {
                throw new KubernetesClientException("An error has occurred.", new IOException("silence"));
            }
            if (look == 9) {
                control.run("web-0", "containerd://2");
            }
        };
        assertThat(new ContainerWait(containers, port).await(atMost, false))
                .isInstanceOf(ContainerWait.Came.Listens.class);
        port.close();
    }
}
