package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.CycleRecord;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Runs cycles at one address and port, one after another, each when the caller asks for it. Its methods block. For one thread.
 * {@link #close} ends the server and the clients, but not the agent.
 */
public final class CycleSeries implements AutoCloseable {
    private final Agent agent;
    private final String experiment;
    private final AtomicInteger generations;
    private final TestSite site;

    /** @param generations the highest number that a generation of this experiment has had so far; 0 if there was none */
    public CycleSeries(
            Agent agent,
            CycleClients clientSettings,
            Backend backend,
            String experiment,
            Place place,
            int generations) {
        this.agent = agent;
        this.experiment = experiment;
        this.generations = new AtomicInteger(generations);
        this.site = new TestSite(agent, clientSettings, place, this.generations::incrementAndGet, backend);
    }

    /**
     * Runs one cycle and returns its record.
     *
     * @param steps is given the name of each step before the step begins
     */
    public CycleRecord run(PlannedCycle cycle, Consumer<String> steps) throws InterruptedException {
        return new ServerCycle(agent, CycleSeries::none, experiment, cycle, site, steps::accept).run();
    }

    /** The highest number that a generation has had so far. */
    public int generations() {
        return generations.get();
    }

    private static ServerCycle.Placed none(Place place, PlannedCycle.Obstacle obstacle) throws CycleFailure {
        throw new CycleFailure(
                "There is no way to put a " + obstacle.kind() + " on the port of a target in a cluster.");
    }

    @Override
    public void close() {
        site.close();
    }
}
