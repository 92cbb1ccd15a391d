package dev.rebind.diagnosis.finding;

import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.seen.Facts;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.bind.ExistingSocket;
import dev.rebind.sockets.bind.Flag;
import java.util.List;
import java.util.Optional;

/**
 * Sockets of one kind on the port: same state, address, holder and options.
 *
 * @param sockets at least one
 * @param standing one of them with its options, as the rule takes it
 * @param server the server of the caller's that they are of; empty where the caller does not know it
 * @param ending that of the one which stays longest
 * @param certain whether it stands in the way for sure; else a fact that is not known decides
 * @param withReuse whether it stands in the way of a socket with SO_REUSEADDR, too: ON, OFF or not known
 * @param device the name of the device that it is bound to; empty for none, and where the name is not known
 */
public record Blocker(
        List<TcpSocket> sockets,
        ExistingSocket standing,
        Cause cause,
        Origin origin,
        Holder holder,
        Optional<Facts.Server> server,
        Ending ending,
        boolean certain,
        Flag withReuse,
        Optional<String> device) {
    public Blocker {
        sockets = List.copyOf(sockets);
    }

    public TcpSocket first() {
        return sockets.getFirst();
    }

    /** Whether its program leaves connections open that their other ends have closed, and did not only close for writing. */
    public boolean isLeftOpen() {
        return cause == Cause.close_wait && ending.equals(new Ending.UntilClosed(Ending.Reason.OTHER_END_CLOSED));
    }
}
