package dev.rebind.agent;

import dev.rebind.child.protocol.StopWay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Passes everything on to another agent, and keeps what was asked of it and what it said. */
public final class RecordingAgent implements Agent {
    private final Agent agent;
    private final List<Object> results = Collections.synchronizedList(new ArrayList<>());
    private final List<Released> released = Collections.synchronizedList(new ArrayList<>());

    public record Released(ExplainedFailure failure, long nanos, Duration exact) {}

    public RecordingAgent(Agent agent) {
        this.agent = agent;
    }

    /** The results of this type, in their order. */
    public <T> List<T> said(Class<T> type) {
        synchronized (results) {
            return results.stream().filter(type::isInstance).map(type::cast).toList();
        }
    }

    public List<Released> released() {
        synchronized (released) {
            return List.copyOf(released);
        }
    }

    private <T> T keep(T result) {
        results.add(result);
        return result;
    }

    @Override
    public Start start(GenerationSettings settings) {
        return keep(agent.start(settings));
    }

    @Override
    public Stop stop(int generation, StopWay way, Duration gracePeriod) {
        return keep(agent.stop(generation, way, gracePeriod));
    }

    @Override
    public PortView look(Place place) {
        return keep(agent.look(place));
    }

    @Override
    public PortForecast forecast(Place place) {
        return keep(agent.forecast(place));
    }

    @Override
    public ExplainedFailure explain(Start.Failed failed) {
        return keep(agent.explain(failed));
    }

    @Override
    public void released(ExplainedFailure failure, long releasedNanos, Duration exact) {
        released.add(new Released(failure, releasedNanos, exact));
        agent.released(failure, releasedNanos, exact);
    }

    @Override
    public Clearing clear(Place place) {
        return keep(agent.clear(place));
    }

    @Override
    public void close() {
        agent.close();
    }
}
