package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.StopWay;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortView;
import dev.rebind.agent.clients.Clients;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.sockets.release.Release;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A place and what goes on there from one cycle to the next: the generation that is bound, its clients. Closing it ends
 * both.
 */
final class TestSite implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(5);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

    private final Agent agent;
    private final ClientSettings clientSettings;
    private final Place place;
    private final IntSupplier generations;
    private final Backend backend;
    private @Nullable RunningGeneration running;
    private @Nullable Clients load;
    /** Where the clients connect to. */
    private String connectsTo = "";

    /** @param generations gives the next generation's number, one for the whole experiment */
    TestSite(Agent agent, ClientSettings clientSettings, Place place, IntSupplier generations, Backend backend) {
        this.agent = agent;
        this.clientSettings = clientSettings;
        this.place = place;
        this.generations = generations;
        this.backend = backend;
    }

    Place place() {
        return place;
    }

    Backend backend() {
        return backend;
    }

    /** Settings of the generation that comes next. */
    GenerationSettings next(PlannedCycle plan, boolean reuseAddress) {
        return plan.generation(generations.getAsInt(), place, reuseAddress);
    }

    /** The generation that is bound here, started where there is none, with its clients being served. */
    RunningGeneration arranged(PlannedCycle plan, Duration served) throws InterruptedException, CycleFailure {
        // Before the server, so that both JVMs start at the same time; clients try until somebody listens.
        startLoad(plan);
        RunningGeneration old = running;
        if (old == null) {
            GenerationSettings settings = next(plan, plan.oldReuse());
            old = switch (arrived(settings, plan.retry().timeout())) {
                case Start.Bound bound -> new RunningGeneration(settings, bound);
                case Start.Failed failed -> throw new CycleFailure(refused(failed, agent.look(place)));
                case Start.Broken broken ->
                    throw new CycleFailure("The old generation could not be run: " + broken.why() + ".");
            };
            running = old;
            if (!isServerWhereClientsConnect()) {
                endLoad();
                startLoad(plan);
            }
        }
        if (load != null) {
            String why = load.awaitServed(plan.server().reading(), served);
            if (why != null) {
                throw new CycleFailure("The clients were not served by generation " + old.generation() + " at " + place
                        + " before the restart: " + why + ".");
            }
        }
        return old;
    }

    private void startLoad(PlannedCycle plan) throws InterruptedException, CycleFailure {
        if (load == null && plan.clients().connections() > 0) {
            connectsTo = backend.clientAddress();
            load = clientSettings.start(place, plan);
        }
    }

    /** Whether the clients' address is still that of the server; a fresh pod may have another one. */
    boolean isServerWhereClientsConnect() {
        return connectsTo.equals(backend.clientAddress());
    }

    /** Waits out what somebody left on the port before, as long as it goes away by itself; that is no part of the cycle. */
    private Start arrived(GenerationSettings settings, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        Start start = agent.start(settings);
        boolean ends = start instanceof Start.Failed failed
                && failed.addressInUse()
                && agent.explain(failed, agent.look(place)).release() instanceof Release.Window;
        while (ends && start instanceof Start.Failed && System.nanoTime() < deadline) {
            Thread.sleep(BETWEEN_TRIES);
            start = agent.start(settings);
        }
        return start;
    }

    private String refused(Start.Failed failed, PortView at) {
        Explanation explanation = agent.explain(failed, at);
        return "The old generation could not be started, so there was nothing to restart. "
                + CycleRecorder.sentences().failed(failed, explanation);
    }

    @Nullable
    Clients load() {
        return load;
    }

    void gone() {
        running = null;
    }

    void bound(RunningGeneration fresh) {
        running = fresh;
    }

    /** Ends clients that never come back, as they were told not to, have stalled or the server is elsewhere: the next cycle has others. */
    void endLoad() {
        if (load != null) {
            load.close();
            load = null;
        }
    }

    @Override
    public void close() {
        endLoad();
        RunningGeneration last = running;
        if (last != null) {
            agent.stop(last.generation(), StopWay.reset, END);
            running = null;
        }
    }
}
