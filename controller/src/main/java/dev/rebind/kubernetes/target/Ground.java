package dev.rebind.kubernetes.target;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.clients.Clients;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.remote.RemoteAgent;
import dev.rebind.agent.wire.Messages.BaselineUnderHold;
import dev.rebind.agent.wire.Messages.Holder;
import dev.rebind.cycle.Backend;
import dev.rebind.cycle.CycleFailure;
import dev.rebind.cycle.Loads;
import dev.rebind.experiment.ExperimentSpec.Mode;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.CycleRecord;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A target that an experiment holds, with its agents: what cycles run on. Closing it gives the target back. */
public final class Ground implements Backend, AutoCloseable {
    /** Should this controller end, the target has its own server again after this long. */
    private static final Duration LEASE = Duration.ofMinutes(2);

    private final Target target;
    private final Server server;
    private final @Nullable RemoteAgent clients;
    private final Agent agent;

    /** How the server is restarted, and by whom. */
    private sealed interface Server {
        Agent agent();

        /** Inside a container that goes on. */
        record Within(RemoteAgent agent) implements Server {}

        /** With its container or pod. */
        record Fresh(FreshAgent agent) implements Server {}
    }

    private Ground(Target target, Server server, @Nullable RemoteAgent clients) {
        this.target = target;
        this.server = server;
        this.clients = clients;
        this.agent = clients == null ? server.agent() : new PairAgent(server.agent(), clients, this::clientPlace);
    }

    /**
     * Takes the target: its own server is reset, so that nothing of it is left on the port.
     *
     * @param token read anew for each request, as it is short-lived
     * @throws AgentException when an agent cannot be reached, refuses, or is held by another experiment
     */
    public static Ground take(
            Target target, Cluster cluster, Mode mode, Holder holder, Supplier<String> token, boolean wantsClients)
            throws AgentException, InterruptedException {
        RemoteAgent clients = null;
        boolean taken = false;
        try {
            if (wantsClients && target.clients() != null) {
                clients = RemoteAgent.connect(target.clients(), token);
                clients.hold(holder, LEASE, BaselineUnderHold.keep);
            }
            Server server = switch (mode) {
                case listener, process -> new Server.Within(held(target, holder, token));
                case container, pod ->
                    new Server.Fresh(new FreshAgent(
                            cluster,
                            target,
                            holder,
                            token,
                            new Place(target.address(), target.port()),
                            mode == Mode.pod));
            };
            taken = true;
            return new Ground(target, server, clients);
        } finally {
            if (!taken && clients != null) {
                clients.close();
            }
        }
    }

    private static RemoteAgent held(Target target, Holder holder, Supplier<String> token)
            throws AgentException, InterruptedException {
        RemoteAgent server = RemoteAgent.connect(target.agent(), token);
        try {
            server.hold(holder, LEASE, BaselineUnderHold.stop);
            return server;
        } catch (AgentException | InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** The pod as it is now. */
    public Target target() {
        return switch (server) {
            case Server.Within _ -> target;
            case Server.Fresh(FreshAgent fresh) -> fresh.target();
        };
    }

    public Agent agent() {
        return agent;
    }

    /** Where the server binds. */
    public Place place() {
        return new Place(target.address(), target.port());
    }

    private Place clientPlace() {
        Target now = target();
        return new Place(now.clientAddress(), now.clientPort());
    }

    /** Why the target is not held any more; null while it is, as far as is known. */
    public @Nullable String lost() {
        String why = switch (server) {
            case Server.Within(RemoteAgent within) -> within.lost();
            case Server.Fresh(FreshAgent fresh) -> fresh.lost();
        };
        return why != null || clients == null ? why : clients.lost();
    }

    /** Starts clients in their pod. */
    public Clients clients(Place place, PlannedCycle plan) throws CycleFailure, InterruptedException {
        if (clients == null) {
            throw new CycleFailure("There is no client pod to connect from.");
        }
        try {
            return clients.clients(clientPlace(), Loads.wanted(plan));
        } catch (AgentException e) {
            throw new CycleFailure("The clients could not be started: " + e.getMessage() + ".");
        }
    }

    @Override
    public String name() {
        return "kubernetes";
    }

    /** Not known from here: nothing is warned of. */
    @Override
    public boolean ephemeral(int port) {
        return false;
    }

    @Override
    public CycleRecord.Cluster cluster() {
        Target now = target();
        return switch (server) {
            case Server.Within _ ->
                new CycleRecord.Cluster(
                        now.namespace(), now.pod(), now.node(), now.network().name(), false, null);
            case Server.Fresh(FreshAgent fresh) ->
                new CycleRecord.Cluster(
                        now.namespace(),
                        now.pod(),
                        now.node(),
                        now.network().name(),
                        fresh.freshNamespace(),
                        fresh.startMillis());
        };
    }

    @Override
    public String host() {
        Target now = target();
        return now.network() == Target.Network.pod || now.node() == null ? "" : now.node();
    }

    @Override
    public String clientAddress() {
        return clientPlace().toString();
    }

    /** Each look is a request to one agent or two. */
    @Override
    public Duration samplePeriod() {
        return Duration.ofMillis(100);
    }

    @Override
    public void preparing(PlannedCycle cycle) throws CycleFailure {
        if (server instanceof Server.Fresh(FreshAgent fresh)) {
            try {
                fresh.prepare(cycle.newReuse());
            } catch (KubernetesClientException e) {
                throw new CycleFailure("The fresh container's SO_REUSEADDR could not be set: " + e.getMessage() + ".");
            }
        }
    }

    /** Gives the target back: everything that was started ends, its own server is started again. */
    @Override
    public void close() {
        agent.close();
    }
}
