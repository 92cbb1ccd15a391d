package dev.rebind.agent;

import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import java.util.Map;

/**
 * A port seen at one moment.
 *
 * @param local the sockets on the port
 * @param remote the sockets whose far end is the port: the clients' side, where it is in the same namespace
 * @param owners by inode; a socket whose owner cannot be seen is not in it
 */
public record PortView(Reading local, Reading remote, Map<Long, Owner> owners) {
    public PortView {
        owners = Map.copyOf(owners);
    }
}
