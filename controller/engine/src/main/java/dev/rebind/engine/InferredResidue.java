package dev.rebind.engine;

import dev.rebind.sockets.TcpSocket;
import java.util.List;

/**
 * What is known later of what the old generation has left, where no look fell between it and the new one. There may have been
 * more.
 *
 * @param sockets one or more
 * @param how it is known, as the rest of a sentence that begins with "The residue is"
 */
public record InferredResidue(List<TcpSocket> sockets, String how) {
    public InferredResidue {
        sockets = List.copyOf(sockets);
        if (sockets.isEmpty()) {
            throw new IllegalArgumentException("that nothing was left is not known later");
        }
    }
}
