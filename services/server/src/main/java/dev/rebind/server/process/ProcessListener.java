package dev.rebind.server.process;

import dev.rebind.server.Listener.Opening;
import dev.rebind.server.ServerSettings;

/** A bare accept loop; each connection is served by a process of its own. */
public final class ProcessListener {
    private ProcessListener() {}

    public static Opening open(ServerSettings settings) {
        return new Opening.Refused("The handler process is not there yet; ask for own. (" + settings.handler() + ")");
    }
}
