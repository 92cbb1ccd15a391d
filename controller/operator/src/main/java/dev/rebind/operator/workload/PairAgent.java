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
 * The agent in the server's pod. The agent in the clients' pod, which is another network namespace, looks at the
 * clients' end. Everything except looks goes to the server's agent.
 */
public final class PairAgent implements Agent {
    private final Agent server;
    private final Agent clients;
    private final Supplier<Place> seenByClients;

    /** @param seenByClients the address to which clients connect now */
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

    /** The new server is the server's end. */
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

    /** The server's agent explains it by its own look. The view has the clients' end besides. */
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
