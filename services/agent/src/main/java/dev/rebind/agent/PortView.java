package dev.rebind.agent;

import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import java.util.Map;

/**
 * A port seen at one moment.
 *
 * @param local the sockets on the port
 * @param remote the sockets whose far end is the port: the clients' side, where it is in the same namespace
 * @param listeners every listener of the namespace: whose far end is one of them was accepted there
 * @param owners by inode; a socket whose owner cannot be seen is not in it
 */
public record PortView(Reading local, Reading remote, Reading listeners, Map<Long, Owner> owners) {
    public PortView {
        owners = Map.copyOf(owners);
    }
}
