package dev.rebind.operator.run;

import dev.rebind.agent.Agent;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.operator.workload.ServerPresence;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Wraps a pod's agent and reports when the pod has no bound server any more, and when it has one again. It learns this
 * from the orders of the cycle and from their answers. The names of a cycle's steps cannot tell it, because a step that
 * includes the bind may go on after the bind.
 */
final class PresenceAgent implements Agent {
    private final Agent agent;
    private final ServerPresence presence;
    private final boolean ends;
    private final Set<Integer> bound = new HashSet<>();

    /** @param ends whether an order to stop ends the server at once; if not, another observer reports its end */
    PresenceAgent(Agent agent, ServerPresence presence, boolean ends) {
        this.agent = agent;
        this.presence = presence;
        this.ends = ends;
    }

    @Override
    public Start start(GenerationSettings settings) {
        Start start = agent.start(settings);
        switch (start) {
            case Start.Bound _ -> bound(settings.generation());
            case Start.Failed _, Start.Broken _ -> {}
        }
        return start;
    }

    private synchronized void bound(int generation) {
        bound.add(generation);
        presence.bound();
    }

    /**
     * Stops a generation. The time without a server counts from the order, because the answer to a container's stop
     * comes only when the next container is there.
     */
    @Override
    public Stop stop(int generation, StopWay way, Duration gracePeriod) {
        if (ends) {
            stopping(generation);
        }
        return agent.stop(generation, way, gracePeriod);
    }

    /**
     * Reports an absence only if no other generation is bound. If two generations share a port, the new one begins
     * before the old one ends.
     */
    private synchronized void stopping(int generation) {
        if (bound.remove(generation) && bound.isEmpty()) {
            presence.gone();
        }
    }

    @Override
    public long answeringNanos() {
        return agent.answeringNanos();
    }

    @Override
    public PortView look(Place place) {
        return agent.look(place);
    }

    @Override
    public PortView lookAgain(Place place) {
        return agent.lookAgain(place);
    }

    @Override
    public boolean isPast(Place place) {
        return agent.isPast(place);
    }

    @Override
    public PortForecast forecast(Place place) {
        return agent.forecast(place);
    }

    @Override
    public ExplainedFailure explain(Start.Failed failed) {
        return agent.explain(failed);
    }

    @Override
    public void released(ExplainedFailure failure, long releasedNanos, Duration exact) {
        agent.released(failure, releasedNanos, exact);
    }

    @Override
    public Clearing clear(Place place) {
        return agent.clear(place);
    }

    @Override
    public void close() {
        agent.close();
    }
}
