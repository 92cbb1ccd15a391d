package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.ReleasePredictor;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * An agent that does nothing, and sees and starts what a test says.
 *
 * @param samples what the sampler sees
 * @param looks what the looks of the cycle itself show
 * @param past whether those looks show a moment that is past
 * @param atFailure what it sees at a bind that has failed
 * @param stopped the generations that were told to stop, in their order
 */
record FakeAgent(
        Supplier<PortView> samples,
        Supplier<PortView> looks,
        BooleanSupplier past,
        PortView atFailure,
        Function<GenerationSettings, Start> starts,
        Explanation explanation,
        List<Integer> stopped)
        implements Agent {
    FakeAgent(PortView view, Function<GenerationSettings, Start> starts, Explanation explanation) {
        this(view, view, starts, explanation);
    }

    FakeAgent(PortView view, PortView atFailure, Function<GenerationSettings, Start> starts, Explanation explanation) {
        this(() -> view, () -> view, () -> false, atFailure, starts, explanation, new CopyOnWriteArrayList<>());
    }

    /** A connection of that place, without a process. */
    static TcpSocket socket(Place place, TcpState state) {
        return TcpSocket.of(
                state,
                new Endpoint(InetAddress.ofLiteral(place.address()), place.port()),
                new Endpoint(InetAddress.ofLiteral("127.0.0.1"), 40_001));
    }

    FakeAgent seeing(Supplier<PortView> looks, BooleanSupplier past) {
        return new FakeAgent(samples, looks, past, atFailure, starts, explanation, stopped);
    }

    FakeAgent sampling(Supplier<PortView> seen) {
        return new FakeAgent(seen, looks, past, atFailure, starts, explanation, stopped);
    }

    @Override
    public Start start(GenerationSettings settings) {
        return starts.apply(settings);
    }

    @Override
    public Stop stop(int generation, StopWay way, Duration gracePeriod) {
        stopped.add(generation);
        return new Stop.Stopped(Duration.ZERO, 0);
    }

    @Override
    public PortView look(Place place) {
        return looks.get();
    }

    @Override
    public PortView lookAgain(Place place) {
        return samples.get();
    }

    @Override
    public boolean isPast(Place place) {
        return past.getAsBoolean();
    }

    @Override
    public PortForecast forecast(Place place) {
        return PortForecast.of(samples.get(), ReleasePredictor.elsewhere());
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
