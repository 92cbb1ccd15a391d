package dev.rebind.operator.workload;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.agent.http.AgentApi;
import dev.rebind.agent.http.AgentIdentity;
import dev.rebind.agent.http.Authorizer;
import dev.rebind.agent.http.BaselineServer;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.wire.WireMessages;
import dev.rebind.agent.wire.WireMessages.BaselineState;
import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.agent.wire.WireMessages.OwnStart;
import dev.rebind.child.Moment;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.workload.TargetPod.Toggle;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import dev.rebind.operator.workload.TargetSessions.ClientsHeldException;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.release.ReleasePredictor;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Deployment in a cluster that is made up. Each container of a managed one has a real agent, over HTTP, whose servers are made
 * up. What an order leads to comes step by step, one with each look at the pods, whoever looks.
 */
public final class FakeDeployment implements AutoCloseable {
    private static final Snapshot NOTHING = new Snapshot(Instant.EPOCH, 0, "made up", List.of());
    private static final PortView EMPTY = new PortView(NOTHING, NOTHING, NOTHING, Map.of());
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** The moments at which a controller may die. */
    public interface Moments {
        /** Throws if the controller dies now, or has died. */
        void moment();

        /** A moment on another thread than the controller's own: what it does next outside of itself throws. */
        void mark();

        boolean dead();

        /** Throws if the controller has died. */
        void alive();

        Moments NONE = new Moments() {
            @Override
            public void moment() {}

            @Override
            public void mark() {}

            @Override
            public boolean dead() {
                return false;
            }

            @Override
            public void alive() {}
        };
    }

    /** Orders to restart something, in their order. */
    public final List<String> orders = new CopyOnWriteArrayList<>();

    /** What its ConfigMap has, by key; a container reads {@code reuse} when it begins. */
    final Map<String, String> settings = new LinkedHashMap<>();
    /** Whether new containers do not read it. */
    volatile boolean deaf;
    /** Whether the ConfigMap cannot be written. */
    volatile boolean forbidden;
    /** What the agent in a new container has done by itself, at each time that it is asked; bound, if there is nothing more. */
    final Queue<OwnStart> starts = new ConcurrentLinkedQueue<>();
    /** What was told of settings that were not restored. */
    final List<String> told = new CopyOnWriteArrayList<>();
    /** What happens with an order. */
    volatile Runnable onOrder = () -> {};

    private volatile Moments moments = Moments.NONE;
    private final boolean managed;
    private final int replicas;
    private final @Nullable ServerSocket server;
    private final List<Member> members = new ArrayList<>();
    private final Map<String, String> claims = new LinkedHashMap<>();
    /** What Kubernetes does next. */
    private final Queue<Runnable> steps = new ArrayDeque<>();

    private @Nullable String template;
    private int made;

    /** A pod with its container. */
    private final class Member {
        private final String name = "server-" + made++;
        private final @Nullable String restartedAt = template;
        private final ManagedServer own = new ManagedServer(this);
        private int containers;
        private int agentPort;
        private @Nullable AgentApi api;
        private boolean addressed;
        private boolean running;
        private boolean ending;
        /** Whether a rollout has another one take its place. */
        private boolean leaves;

        /** Begins a container, in which the agent listens where that of the one before did. */
        void begin() {
            containers++;
            running = true;
            addressed = true;
            if (managed) {
                own.state = BaselineState.bound;
                own.reuse = !deaf && Boolean.parseBoolean(settings.get("reuse"));
                var agent = new BoundAgent();
                var fresh = new AgentApi(
                        bearer -> new Authorizer.Decision.Allowed(String.valueOf(bearer)),
                        new AgentApi.Backing(
                                new AgentIdentity(id(), "0", "node-1", name),
                                own,
                                agent,
                                BoundAgent::new,
                                (_, _) -> {
                                    throw new IOException("no clients are planned");
                                },
                                Duration.ofMinutes(1),
                                System::nanoTime,
                                null,
                                null));
                try {
                    agentPort = fresh.open(LOOPBACK, agentPort);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                api = fresh;
            }
        }

        void end() {
            running = false;
            AgentApi old = api;
            if (old != null) {
                api = null;
                old.close();
            }
        }

        private String id() {
            return name + "-" + containers;
        }

        private Pod pod() {
            var builder = new PodBuilder()
                    .withNewMetadata()
                    .withNamespace("lab")
                    .withName(name)
                    .withUid("uid-" + name)
                    .addToLabels("app", "server")
                    .addToAnnotations(
                            restartedAt == null ? Map.of() : Map.of(ClusterPodControl.RESTARTED_AT, restartedAt))
                    .withDeletionTimestamp(ending ? "2026-01-01T00:00:00Z" : null)
                    .endMetadata()
                    .withNewSpec()
                    .withNodeName("node-1")
                    .addNewContainer()
                    .withName("server")
                    .addNewPort()
                    .withName("server")
                    .withContainerPort(server == null ? 8080 : server.getLocalPort())
                    .endPort()
                    .endContainer()
                    .endSpec()
                    .withNewStatus()
                    .withPhase("Running")
                    .withPodIP(addressed ? "127.0.0.1" : null)
                    .endStatus();
            if (managed) {
                builder.editSpec()
                        .editFirstContainer()
                        .addNewPort()
                        .withName("agent")
                        .withContainerPort(agentPort)
                        .endPort()
                        .endContainer()
                        .endSpec();
            }
            if (!settings.isEmpty()) {
                builder.editSpec()
                        .editFirstContainer()
                        .addNewEnv()
                        .withName("REBIND_AGENT_REUSE_ADDRESS")
                        .withNewValueFrom()
                        .withNewConfigMapKeyRef("reuse", "settings", null)
                        .endValueFrom()
                        .endEnv()
                        .endContainer()
                        .endSpec();
            }
            if (addressed) {
                var status = builder.editStatus()
                        .addNewContainerStatus()
                        .withName("server")
                        .withRestartCount(containers - 1)
                        .withContainerID("made-up://" + id())
                        .withNewState();
                if (running) {
                    status.withNewRunning()
                            .withStartedAt("2026-01-01T12:00:00Z")
                            .endRunning();
                } else {
                    status.withNewTerminated()
                            .withContainerID("made-up://" + id())
                            .withExitCode(0)
                            .endTerminated();
                }
                status.endState().endContainerStatus().endStatus();
            }
            return builder.build();
        }
    }

    /** The server that an agent runs by itself. */
    private final class ManagedServer implements BaselineServer {
        private final Member member;
        private volatile BaselineState state = BaselineState.idle;
        private volatile boolean reuse;

        ManagedServer(Member member) {
            this.member = member;
        }

        @Override
        public WireMessages.Baseline state() {
            return new WireMessages.Baseline(state, 1, reuse);
        }

        @Override
        public List<OwnStart> starts() {
            OwnStart next = starts.poll();
            return List.of(next == null ? new OwnStart(1, 1, bound(1, new Place("0.0.0.0", 8080)), null, EMPTY) : next);
        }

        @Override
        public void hold(StopWay way) {
            state = BaselineState.held;
            moments.mark();
        }

        @Override
        public void release() {
            state = BaselineState.bound;
            moments.mark();
        }

        @Override
        public void exit(int code, @Nullable StopWay way) {
            restart(member);
            // What comes of it may end this agent, which waits for this call and holds the lock meanwhile.
            ordered("exit " + member.name);
            moments.mark();
        }
    }

    /** Its servers bind at once, and leave nothing. */
    private final class BoundAgent implements QuietAgent {
        @Override
        public Start start(GenerationSettings wanted) {
            moments.mark();
            return bound(wanted.generation(), wanted.place());
        }

        @Override
        public Stop stop(int generation, StopWay way, Duration gracePeriod) {
            ordered("stop " + generation);
            moments.mark();
            return new Stop.Stopped(Duration.ZERO, 0);
        }

        @Override
        public PortForecast forecast(Place place) {
            return PortForecast.of(EMPTY, ReleasePredictor.elsewhere());
        }
    }

    private static Agent.Start.Bound bound(int generation, Place place) {
        Moment now = Moment.now();
        return new Agent.Start.Bound(generation, place, List.of(1L), now.at(), now.nanos());
    }

    /** @param managed whether its containers have an agent of Rebind's */
    public FakeDeployment(boolean managed, int replicas) {
        this.managed = managed;
        this.replicas = replicas;
        try {
            this.server = managed ? null : new ServerSocket(0, 50, LOOPBACK);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int i = 0; i < replicas; i++) {
            var member = new Member();
            member.begin();
            members.add(member);
        }
    }

    /** From now on a controller works with it that may die at each of these moments. */
    public void controlledBy(Moments next) {
        moments = next;
    }

    /** Whether no experiment holds it, its pods are all there, and its own servers listen. */
    public synchronized boolean isAlone() {
        while (!steps.isEmpty()) {
            steps.remove().run();
        }
        return members.size() == replicas
                && members.stream()
                        .allMatch(member -> member.running
                                && !member.ending
                                && (member.api == null
                                        || (!member.api.isHeld() && member.own.state == BaselineState.bound)));
    }

    /** As {@link TargetLookup#find}. */
    public synchronized LookupResult find(ExperimentSpec spec, boolean begun) {
        moments.alive();
        step();
        return TargetChoice.among(spec, workload(), all(), begun, List.of(), List::of);
    }

    /** As {@link TargetSessions#take}. */
    public TargetSessions take(List<TargetPod> targets, Mode mode, Holder holder, ToggleBackup backup)
            throws AgentException, ClientsHeldException, InterruptedException {
        moments.alive();
        Moments of = moments;
        Supplier<String> token = () -> {
            // A thread that nobody waits for: its death would be told by the JVM.
            if (of.dead() && Thread.currentThread().getName().equals("forget-agent")) {
                throw new IllegalStateException("the controller died");
            }
            of.alive();
            return "made-up";
        };
        return TargetSessions.take(
                targets, new RetryingPodControl(new Control(of)), mode, holder, token, false, backup);
    }

    private Workload workload() {
        return new Workload(
                new WorkloadId("Deployment", "server", "uid-server"),
                new LabelSelectorBuilder().addToMatchLabels("app", "server").build(),
                replicas);
    }

    private List<Pod> all() {
        return members.stream().map(Member::pod).toList();
    }

    private void step() {
        Runnable next = steps.poll();
        if (next != null) {
            next.run();
        }
    }

    private void ordered(String order) {
        orders.add(order);
        Thread.ofVirtual().start(onOrder);
    }

    private synchronized void restart(Member member) {
        steps.add(() -> {});
        steps.add(member::end);
        steps.add(() -> {});
        steps.add(member::begin);
    }

    /** Its first pod, as an experiment with this spec finds it. */
    synchronized TargetPod target(String spec) {
        return found(members.getFirst(), spec);
    }

    PodControl control() {
        return new Control(moments);
    }

    /** Sets how the servers are that the agents run by themselves. */
    synchronized void own(BaselineState state) {
        members.forEach(member -> member.own.state = state);
    }

    /** Something else deletes all pods, and nothing replaces them. */
    synchronized void lose() {
        List.copyOf(members).forEach(this::remove);
    }

    private @Nullable Member member(String uid) {
        return members.stream()
                .filter(one -> ("uid-" + one.name).equals(uid))
                .findFirst()
                .orElse(null);
    }

    /** As one controller sees and changes it. */
    private final class Control implements PodControl {
        private final Moments of;

        Control(Moments of) {
            this.of = of;
        }

        @Override
        public void evict(TargetPod target) {
            of.moment();
            synchronized (FakeDeployment.this) {
                ordered("evict " + target.pod());
                Member old = member(target.podUid());
                if (old != null && !old.ending) {
                    old.ending = true;
                    steps.add(() -> {});
                    steps.add(() -> remove(old));
                    add();
                }
            }
            of.moment();
        }

        @Override
        public void rollOut(TargetPod target, Instant at) {
            of.moment();
            synchronized (FakeDeployment.this) {
                if (!at.toString().equals(template)) {
                    ordered("roll out");
                    template = at.toString();
                    members.stream().filter(old -> !old.leaves).toList().forEach(old -> {
                        old.leaves = true;
                        add();
                        steps.add(() -> {});
                        steps.add(() -> remove(old));
                    });
                }
            }
            of.moment();
        }

        @Override
        public void exec(TargetPod target, String... command) {
            of.moment();
            synchronized (FakeDeployment.this) {
                ordered("exec " + target.pod());
                Member running = member(target.podUid());
                if (running != null) {
                    restart(running);
                }
            }
            of.moment();
        }

        @Override
        public @Nullable Pod pod(TargetPod target) {
            of.moment();
            synchronized (FakeDeployment.this) {
                step();
                Member found = member(target.podUid());
                return found == null ? null : found.pod();
            }
        }

        @Override
        public Set<String> pods(TargetPod target) {
            of.alive();
            synchronized (FakeDeployment.this) {
                return members.stream().map(one -> "uid-" + one.name).collect(Collectors.toSet());
            }
        }

        @Override
        public @Nullable TargetPod successor(TargetPod target, Set<String> known) {
            of.moment();
            synchronized (FakeDeployment.this) {
                step();
                for (Member one : members) {
                    String uid = "uid-" + one.name;
                    String claimant = claims.getOrDefault(uid, target.podUid());
                    if (!known.contains(uid) && one.addressed && !one.ending && claimant.equals(target.podUid())) {
                        claims.put(uid, target.podUid());
                        return found(one);
                    }
                }
                return null;
            }
        }

        @Override
        public List<Pod> newPods(TargetPod target, Set<String> known) {
            of.alive();
            synchronized (FakeDeployment.this) {
                return members.stream()
                        .filter(one -> !known.contains("uid-" + one.name) && !one.ending)
                        .map(Member::pod)
                        .toList();
            }
        }

        @Override
        public List<DeploymentCondition> rollout(TargetPod target) {
            return List.of();
        }

        @Override
        public @Nullable String value(String namespace, Toggle toggle) {
            return settings.get(toggle.key());
        }

        @Override
        public @Nullable Instant changed(String namespace, Toggle toggle) {
            return null;
        }

        @Override
        public void set(String namespace, String configMap, String key, @Nullable String value) {
            if (forbidden) {
                throw new KubernetesClientException("configmaps is forbidden");
            }
            if (value == null) {
                settings.remove(key);
            } else {
                settings.put(key, value);
            }
        }

        @Override
        public EndpointLooks.Source endpoints(TargetPod target, String service) {
            throw new AssertionError("nothing goes through a Service here");
        }

        @Override
        public void notRestored(TargetPod target, String why) {
            told.add(why);
        }
    }

    private void add() {
        steps.add(() -> members.add(new Member()));
        steps.add(() -> members.getLast().begin());
    }

    private void remove(Member old) {
        members.remove(old);
        old.end();
    }

    private TargetPod found(Member member) {
        return found(member, "{restart: {mode: container}}");
    }

    private TargetPod found(Member member, String spec) {
        return switch (TargetResolution.of(
                Specs.spec(spec), workload().id(), "app=server", member.pod(), List.of(), List::of)) {
            case LookupResult.Found found -> found.target();
            case LookupResult.Refused refused -> throw new AssertionError(refused.message());
        };
    }

    @Override
    public synchronized void close() throws IOException {
        members.forEach(Member::end);
        if (server != null) {
            server.close();
        }
    }
}
