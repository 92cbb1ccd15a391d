package dev.rebind.agent.meters;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.client.meters.ClientMeters;
import dev.rebind.diagnosis.Cause;
import dev.rebind.metrics.BindMetrics;
import dev.rebind.metrics.PortMetrics;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.proc.Sockstat;
import dev.rebind.sockets.release.ReleasePredictor;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The meters of all agents of this process. The agents share them, because the agent of an experiment restarts servers on the port that
 * another agent's server had. Safe for several threads.
 */
public final class AgentMeters {
    private final MeterRegistry registry;
    private final BindMetrics binds;
    private final PortMetrics ports;
    private @Nullable ClientMeters clients;
    private final Map<Place, PlaceHistory> places = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, PlaceHistory> eldest) {
            return size() > PortMetrics.MOST_PORTS * 4;
        }
    };

    /**
     * @param reader looks at the sockets of this network namespace
     * @param predictor the predictor that the agents use and calibrate
     */
    public AgentMeters(MeterRegistry registry, SocketReader reader, ReleasePredictor predictor) {
        this.registry = registry;
        this.binds = new BindMetrics(
                registry, Arrays.stream(Cause.values()).map(Cause::name).collect(Collectors.toSet()));
        this.ports = new PortMetrics(
                new PortMetrics.Source(reader, predictor, new Namespace(), new Sockstat()), PortMetrics.INTERVAL);
        ports.bindTo(registry);
    }

    /** Returns an agent that does the same and updates the meters. */
    public Agent measured(Agent agent) {
        return new MeasuredAgent(agent, this);
    }

    /** Creates the series of a place where this process keeps a server, before anything happens there. */
    public void supervises(Place place) {
        ports.watch(place.port());
        binds.expect(place.port());
        PlaceHistory history = history(place);
        Gauge.builder("rebind.server.bound", history, one -> one.isBound() ? 1 : 0)
                .description("Whether the server that this agent keeps running is bound: 1 or 0")
                .tag("port", Integer.toString(place.port()))
                .strongReference(true)
                .register(registry);
    }

    /**
     * Registers meters for whether an experiment holds this agent.
     *
     * @param holds returns how often an experiment has taken the agent; only this value shows a hold that begins and ends between two
     *     scrapes
     */
    public void held(BooleanSupplier held, LongSupplier holds) {
        FunctionCounter.builder("rebind.agent.holds", holds, one -> (double) one.getAsLong())
                .description("Times that an experiment has taken this agent")
                .register(registry);
        Gauge.builder("rebind.agent.held", held, one -> one.getAsBoolean() ? 1 : 0)
                .description("Whether an experiment holds this agent: 1 or 0")
                .strongReference(true)
                .register(registry);
    }

    /** Returns the meters of the clients that this process runs. The series of a port begin with its first clients. */
    public synchronized ClientMeters clients() {
        ClientMeters known = clients;
        if (known == null) {
            known = new ClientMeters(registry);
            clients = known;
        }
        return known;
    }

    BindMetrics binds() {
        return binds;
    }

    PortMetrics ports() {
        return ports;
    }

    PlaceHistory history(Place place) {
        synchronized (places) {
            return places.computeIfAbsent(place, one -> new PlaceHistory(one, binds));
        }
    }
}
