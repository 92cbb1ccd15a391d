package dev.rebind.agent.http;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.clients.ClientGroup;
import java.io.IOException;

/** Starts clients on this machine. */
@FunctionalInterface
public interface ClientStarter {
    ClientGroup start(Place place, ClientGroup.Wanted wanted) throws IOException;
}
