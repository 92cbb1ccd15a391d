package dev.rebind.operator.workload;

import dev.rebind.agent.Agent;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortForecast.Releases;
import dev.rebind.agent.PortView;
import dev.rebind.child.protocol.StopWay;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Combines the agents of the server's pod and of the clients' pod, which have different network namespaces. Each look
 * shows the server's end as the server's agent sees it, and the clients' end as the clients' agent sees it. All other
 * calls go to the server's agent.
 */
public final class PairAgent implements Agent {
    private final Agent server;
    private final Agent clients;
    private final Supplier<Place> seenByClients;

    /**
     * Pairs two agents.
     *
     * @param seenByClients gives the address to which clients connect now
     */
    public PairAgent(Agent server, Agent clients, Supplier<Place> seenByClients) {
        this.server = server;
        this.clients = clients;
        this.seenByClients = seenByClients;
    }

    @Override
    public Start start(GenerationSettings settings) {
        return server.start(settings);
    }

    @Override
    public Stop stop(int generation, StopWay way, Duration gracePeriod) {
        return server.stop(generation, way, gracePeriod);
    }

    @Override
    public long answeringNanos() {
        return server.answeringNanos();
    }

    @Override
    public PortView look(Place place) {
        return pair(server.look(place), clients.look(seenByClients.get()));
    }

    @Override
    public PortView lookAgain(Place place) {
        return pair(server.lookAgain(place), clients.lookAgain(seenByClients.get()));
    }

    /** Asks the server's agent, because only the server's end gets a new server. */
    @Override
    public boolean isPast(Place place) {
        return server.isPast(place);
    }

    @Override
    public PortForecast forecast(Place place) {
        PortForecast at = server.forecast(place);
        PortForecast far = clients.forecast(seenByClients.get());
        return new PortForecast(
                pair(at.view(), far.view()),
                new Releases(at.releases().local(), far.releases().remote()));
    }

    private static PortView pair(PortView at, PortView far) {
        return new PortView(at.local(), far.remote(), at.listeners(), at.owners());
    }

    /** Returns the explanation of the server's agent, and adds the clients' end to the view. */
    @Override
    public ExplainedFailure explain(Start.Failed failed) {
        ExplainedFailure failure = server.explain(failed);
        return failure.with(pair(failure.view(), clients.look(seenByClients.get())));
    }

    @Override
    public void released(ExplainedFailure failure, long releasedNanos, Duration exact) {
        server.released(failure, releasedNanos, exact);
    }

    @Override
    public Clearing clear(Place place) {
        return server.clear(place);
    }

    /** Does not close the clients' agent; the caller owns it. */
    @Override
    public void close() {
        server.close();
    }
}
