package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.sockets.release.ReleasePredictor;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * An agent that does nothing, sees what it is told, and starts generations as a test says.
 *
 * @param views what it sees at each look
 * @param atFailure what it sees at a bind that has failed
 */
record FakeAgent(
        Supplier<PortView> views,
        PortView atFailure,
        Function<GenerationSettings, Start> starts,
        Explanation explanation)
        implements Agent {
    FakeAgent(PortView view, Function<GenerationSettings, Start> starts, Explanation explanation) {
        this(view, view, starts, explanation);
    }

    FakeAgent(PortView view, PortView atFailure, Function<GenerationSettings, Start> starts, Explanation explanation) {
        this(() -> view, atFailure, starts, explanation);
    }

    @Override
    public Start start(GenerationSettings settings) {
        return starts.apply(settings);
    }

    @Override
    public Stop stop(int generation, StopWay way, Duration gracePeriod) {
        return new Stop.Stopped(Duration.ZERO, 0);
    }

    @Override
    public PortView look(Place place) {
        return views.get();
    }

    @Override
    public PortForecast forecast(Place place) {
        return PortForecast.of(views.get(), ReleasePredictor.elsewhere());
    }

    @Override
    public ExplainedFailure explain(Start.Failed failed) {
        return new ExplainedFailure(failed, explanation, atFailure);
    }

    @Override
    public void released(ExplainedFailure failure, long releasedNanos, Duration exact) {}

    @Override
    public Clearing clear(Place place) {
        return new Clearing.Cleared(0);
    }

    @Override
    public void close() {}
}
