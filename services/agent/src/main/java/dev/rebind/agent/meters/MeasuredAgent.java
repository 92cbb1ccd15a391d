package dev.rebind.agent.meters;

import dev.rebind.agent.Agent;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.sockets.release.Release;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Passes every call on to another agent, and counts the results. */
final class MeasuredAgent implements Agent {
    /** A release that is known less exactly than this says nothing about the quality of its prediction. */
    private static final Duration EXACT = Duration.ofSeconds(1);

    private final Agent agent;
    private final AgentMeters meters;
    /** The generations that are bound. */
    private final Map<Integer, GenerationSettings> running = new ConcurrentHashMap<>();

    MeasuredAgent(Agent agent, AgentMeters meters) {
        this.agent = agent;
        this.meters = meters;
    }

    @Override
    public Start start(GenerationSettings settings) {
        Start start = agent.start(settings);
        switch (start) {
            case Start.Bound bound -> {
                running.put(settings.generation(), settings);
                meters.ports().watch(settings.place().port());
                meters.history(settings.place()).bound(settings, bound.atNanos());
            }
            case Start.Failed failed -> {
                meters.ports().watch(settings.place().port());
                meters.history(settings.place()).failed(failed);
            }
            case Start.Broken _ -> {}
        }
        return start;
    }

    @Override
    public long answeringNanos() {
        return agent.answeringNanos();
    }

    @Override
    public Stop stop(int generation, StopWay way, Duration gracePeriod) {
        long ordered = System.nanoTime();
        Stop stop = agent.stop(generation, way, gracePeriod);
        @Nullable GenerationSettings settings = running.get(generation);
        if (settings != null && !runsOn(stop, settings, way)) {
            running.remove(generation);
            meters.history(settings.place()).stopped(ordered);
        }
        return stop;
    }

    /**
     * Whether the server still runs after the stop. A listener of the agent's own process cannot be killed, see {@link
     * dev.rebind.agent.LocalAgent#stop}.
     */
    private static boolean runsOn(Stop stop, GenerationSettings settings, StopWay way) {
        return stop instanceof Stop.Broken
                && way == StopWay.kill
                && settings.mode() == GenerationSettings.Mode.listener;
    }

    @Override
    public PortView look(Place place) {
        return agent.look(place);
    }

    @Override
    public PortForecast forecast(Place place) {
        return agent.forecast(place);
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
    public ExplainedFailure explain(Start.Failed failed) {
        ExplainedFailure failure = agent.explain(failed);
        meters.history(failed.settings().place())
                .explained(failed, failure.explanation().cause());
        return failure;
    }

    @Override
    public void released(ExplainedFailure failure, long releasedNanos, Duration exact) {
        Explanation explanation = failure.explanation();
        if (explanation.release() instanceof Release.Window window
                && window.predictedNanos().isPresent()
                && !explanation.blocking().isEmpty()
                && exact.compareTo(EXACT) <= 0) {
            long predicted = window.predictedNanos().getAsLong();
            // The port became free between these two moments. A prediction between them counts as exact.
            long early = releasedNanos - exact.toNanos() - predicted;
            long late = predicted - releasedNanos;
            int port = explanation.blocking().getFirst().socket().local().port();
            meters.binds().released(port, Duration.ofNanos(Math.max(0, Math.max(early, late))));
        }
        agent.released(failure, releasedNanos, exact);
    }

    @Override
    public Clearing clear(Place place) {
        return agent.clear(place);
    }

    @Override
    public void close() {
        long ordered = System.nanoTime();
        agent.close();
        running.forEach((_, settings) -> meters.history(settings.place()).stopped(ordered));
        running.clear();
    }
}
