package dev.rebind.engine;

import dev.rebind.sockets.TcpSocket;
import java.util.List;

/**
 * Residue of the old generation that became known only later, because no look was possible between the two generations. There may have been
 * more.
 *
 * @param sockets at least one socket
 * @param how the residue is known, as the rest of a sentence that begins with "The residue is"
 */
public record InferredResidue(List<TcpSocket> sockets, String how) {
    public InferredResidue {
        sockets = List.copyOf(sockets);
        if (sockets.isEmpty()) {
            throw new IllegalArgumentException("that nothing was left is not known later");
        }
    }
}
