package dev.rebind.operator.workload;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.remote.RemoteAgent;
import dev.rebind.agent.wire.WireMessages.BaselineUnderHold;
import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.engine.ClientRoute;
import dev.rebind.engine.CycleFailure;
import dev.rebind.engine.EndpointHistory;
import dev.rebind.engine.InferredResidue;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.bind.Reuse;
import dev.rebind.record.server.ClusterPlace;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A target that this controller holds through its agent over HTTP, or restarts through the API server. */
final class HeldTarget implements TargetSession {
    private static final Logger LOG = LoggerFactory.getLogger(HeldTarget.class);
    /** The time after which an agent restores the target's own server, if this controller dies. */
    static final Duration LEASE = Duration.ofMinutes(2);

    private final TargetPod target;
    private final Server server;
    private final @Nullable RemoteAgent clients;
    private final Agent agent;
    private final @Nullable EndpointLooks endpoints;
    private final Supplier<String> token;

    /** How the server is restarted. */
    private sealed interface Server {
        Agent agent();

        /** The server restarts inside a container that keeps running. */
        record Within(RemoteAgent agent) implements Server {}

        /** The server restarts together with its container or pod. */
        record Fresh(ContainerAgent agent) implements Server {}
    }

    private HeldTarget(
            TargetPod target,
            Server server,
            @Nullable RemoteAgent clients,
            PodControl cluster,
            Supplier<String> token) {
        this.target = target;
        this.token = token;
        this.server = server;
        this.clients = clients;
        this.agent = clients == null ? server.agent() : new PairAgent(server.agent(), clients, this::clientPlace);
        String service = target.route().service();
        this.endpoints = clients == null || service == null
                ? null
                : EndpointLooks.begin(
                        cluster.endpoints(target, service), target.route().address());
    }

    /**
     * Takes the target. In the restart modes listener and process, the agent resets the target's own server, so that
     * the server leaves nothing on the port.
     *
     * @param token authenticates this controller to agents; read again for each request, because it is short-lived
     * @param clients the agent of the clients, which the caller holds and closes; null if no clients are wanted
     * @throws AgentException when an agent cannot be reached, refuses, or is held by another experiment
     */
    static HeldTarget take(
            TargetPod target,
            PodControl cluster,
            Mode mode,
            Holder holder,
            Supplier<String> token,
            @Nullable RemoteAgent clients,
            ToggleBackup backup)
            throws AgentException, InterruptedException {
        Server server = switch (mode) {
            case listener, process -> new Server.Within(held(target, holder, token));
            case container, pod, rollout -> new Server.Fresh(remade(target, cluster, mode, holder, token, backup));
        };
        return new HeldTarget(target, server, clients, cluster, token);
    }

    private static ContainerAgent remade(
            TargetPod target, PodControl cluster, Mode mode, Holder holder, Supplier<String> token, ToggleBackup backup)
            throws AgentException, InterruptedException {
        var place = new Place(target.address(), target.port());
        return target.agent() == null
                ? new UnmanagedWorkloadAgent(cluster, target, token, place, mode, backup)
                : new ManagedPodAgent(cluster, target, holder, token, place, mode, backup);
    }

    private static RemoteAgent held(TargetPod target, Holder holder, Supplier<String> token)
            throws AgentException, InterruptedException {
        RemoteAgent server = RemoteAgent.connect(Objects.requireNonNull(target.agent()), token, holder);
        try {
            server.hold(holder, LEASE, BaselineUnderHold.stop);
            return server;
        } catch (AgentException | InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public void arrange(boolean reuseAddress) throws InterruptedException {
        if (server instanceof Server.Fresh(ContainerAgent fresh) && fresh instanceof UnmanagedWorkloadAgent foreign) {
            try {
                foreign.arrange(reuseAddress);
            } catch (KubernetesClientException e) {
                // The first cycle tries again, and its record says why the change fails.
                LOG.warn("{} cannot be given SO_REUSEADDR {}: {}", target, reuseAddress, FailedCall.why(e));
            }
        }
    }

    @Override
    public TargetPod target() {
        return switch (server) {
            case Server.Within _ -> target;
            case Server.Fresh(ContainerAgent fresh) -> fresh.target();
        };
    }

    @Override
    public Agent agent() {
        return agent;
    }

    @Override
    public Place place() {
        return new Place(target.address(), target.port());
    }

    @Override
    public AgentAnswer why() throws AgentException, InterruptedException {
        return switch (server) {
            case Server.Within(RemoteAgent within) ->
                new AgentAnswer(AgentAnswer.By.pod, within.ports().why(place()));
            case Server.Fresh(ContainerAgent fresh) -> fresh.why();
        };
    }

    @Override
    public AgentAnswer whyFromNode() throws AgentException, InterruptedException {
        try (var port = new PodPort(token, place(), target())) {
            return new AgentAnswer(AgentAnswer.By.node, port.why());
        }
    }

    private Place clientPlace() {
        ClientRoute now = clientRoute();
        return new Place(now.address(), now.port());
    }

    @Override
    public @Nullable String lost() {
        String why = switch (server) {
            case Server.Within(RemoteAgent within) -> within.lost();
            case Server.Fresh(ContainerAgent fresh) -> fresh.lost();
        };
        return why != null || clients == null ? why : clients.lost();
    }

    @Override
    public @Nullable String goneSince(long nanos) {
        String why = switch (server) {
            case Server.Within(RemoteAgent within) -> within.unansweredSince(nanos);
            case Server.Fresh(ContainerAgent fresh) -> fresh.goneSince(nanos);
        };
        return why != null || clients == null ? why : clients.unansweredSince(nanos);
    }

    /**
     * Returns false for a workload without an agent, because it may take long to end, and in a rollout it ends only
     * after the new pod has come.
     */
    @Override
    public boolean endsServer() {
        return target.agent() != null;
    }

    @Override
    public void watch(ServerPresence presence, StartObserver starts) {
        if (server instanceof Server.Fresh(ContainerAgent fresh)) {
            fresh.watch(starts);
            if (fresh instanceof UnmanagedWorkloadAgent foreign) {
                foreign.watch(presence);
            }
        }
    }

    @Override
    public ClientGroup clients(Place place, PlannedCycle plan) throws CycleFailure, InterruptedException {
        if (clients == null) {
            throw new CycleFailure("There is no client pod to connect from.");
        }
        try {
            return clients.clients(clientPlace(), target.wanted(plan));
        } catch (AgentException e) {
            throw new CycleFailure("The clients could not be started: " + e.getMessage() + ".");
        }
    }

    @Override
    public String name() {
        return "kubernetes";
    }

    @Override
    public boolean ephemeral(int port) {
        return switch (server) {
            case Server.Within(RemoteAgent within) -> within.ports().ephemeral(port);
            case Server.Fresh(ContainerAgent fresh) -> fresh.ephemeral(port);
        };
    }

    @Override
    public ClusterPlace cluster() {
        TargetPod now = target();
        return switch (server) {
            case Server.Within _ ->
                new ClusterPlace(
                        now.namespace(),
                        now.pod(),
                        now.container(),
                        now.node(),
                        now.network().name(),
                        false,
                        null,
                        null,
                        null,
                        null);
            case Server.Fresh(ContainerAgent fresh) -> {
                ListenerOptionsWatch flags = fresh.flags();
                yield new ClusterPlace(
                        now.namespace(),
                        now.pod(),
                        now.container(),
                        now.node(),
                        now.network().name(),
                        fresh.freshNamespace(),
                        fresh.startMillis(),
                        fresh.backOff() ? Boolean.TRUE : null,
                        flags == null ? null : flags.old(),
                        flags == null ? null : flags.fresh());
            }
        };
    }

    @Override
    public String host() {
        TargetPod now = target();
        return now.network() == TargetPod.Network.pod || now.node() == null ? "" : now.node();
    }

    @Override
    public String clientAddress() {
        return clientPlace().toString();
    }

    /**
     * Returns true if the container is restarted, because the server of the container before may still listen. A held
     * agent has stopped its own server.
     */
    @Override
    public boolean hasServerBefore() {
        return server instanceof Server.Fresh;
    }

    /**
     * Returns the present route. A URL keeps its first route, because its host name may resolve to another address at
     * each look-up.
     */
    @Override
    public ClientRoute clientRoute() {
        return target.route().way() == ClientRoute.Way.url ? target.route() : target().route();
    }

    @Override
    public @Nullable EndpointHistory endpoints() {
        return endpoints == null ? null : endpoints.history();
    }

    /** The period is long, because each look is a request to one or two agents. */
    @Override
    public Duration samplePeriod() {
        return Duration.ofMillis(100);
    }

    @Override
    public void preparing(PlannedCycle cycle) throws CycleFailure, InterruptedException {
        if (server instanceof Server.Fresh(ContainerAgent fresh)) {
            try {
                fresh.prepare(cycle);
            } catch (KubernetesClientException e) {
                throw new CycleFailure(
                        "The fresh container's SO_REUSEADDR could not be set: " + FailedCall.why(e) + ".");
            }
        }
    }

    @Override
    public @Nullable Reuse reuse(Reuse planned) {
        return switch (server) {
            case Server.Within _ -> planned;
            case Server.Fresh(ContainerAgent fresh) -> fresh.reuse(planned);
        };
    }

    @Override
    public @Nullable InferredResidue leftBefore() {
        return switch (server) {
            case Server.Within _ -> null;
            case Server.Fresh(ContainerAgent fresh) -> fresh.leftBefore();
        };
    }

    /** Returns true for a workload without an agent, because the kubelet starts its container again after each end. */
    @Override
    public boolean triesByItself() {
        return target.agent() == null;
    }

    @Override
    public Restoration giveBack(Duration atMost) throws InterruptedException {
        return switch (server) {
            case Server.Within(RemoteAgent within) -> {
                long since = System.nanoTime();
                within.release();
                yield OwnServer.await(OwnServer.of(within), since, atMost);
            }
            case Server.Fresh(ContainerAgent fresh) -> fresh.giveBack(atMost);
        };
    }

    @Override
    public void close() {
        if (endpoints != null) {
            endpoints.close();
        }
        agent.close();
    }
}
