package dev.rebind.agent.http;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.clients.Clients;
import java.io.IOException;

/** Starts clients on this machine. */
@FunctionalInterface
public interface ClientStarter {
    Clients start(Place place, Clients.Wanted wanted) throws IOException;
}
