package dev.rebind.operator.workload;

import dev.rebind.agent.Agent;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.PortView;
import java.time.Duration;

/** An agent on whose port no bind fails, so that nothing is to be explained or cleared. */
public interface QuietAgent extends Agent {
    @Override
    default PortView look(Place place) {
        return forecast(place).view();
    }

    @Override
    default ExplainedFailure explain(Start.Failed failed) {
        throw new AssertionError("no bind fails");
    }

    @Override
    default void released(ExplainedFailure failure, long releasedNanos, Duration exact) {}

    @Override
    default Clearing clear(Place place) {
        return new Clearing.Cleared(0);
    }

    @Override
    default void close() {}
}
