package dev.rebind.engine;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.plan.PlannedCycle;

/** Starts the clients of a cycle. The clients connect as soon as a server listens. */
@FunctionalInterface
public interface CycleClients {
    ClientGroup start(Place place, PlannedCycle plan) throws CycleFailure, InterruptedException;

    /**
     * Returns the clients that the plan asks for. Clients that are to stall start as ordinary clients; the cycle tells them later to stall.
     */
    static ClientGroup.Wanted wanted(PlannedCycle plan) {
        PlannedCycle.Load load = plan.clients();
        String behaviour = plan.close() == dev.rebind.experiment.restart.Close.stall
                ? "read"
                : load.behaviour().name().replace('_', '-');
        return new ClientGroup.Wanted(
                load.connections(), behaviour, plan.isAnswered(), load.reconnect(), load.traffic());
    }
}
