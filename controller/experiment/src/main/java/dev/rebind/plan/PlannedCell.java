package dev.rebind.plan;

import dev.rebind.experiment.cells.Relation;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.cells.Stack;
import dev.rebind.experiment.expect.Expect;
import org.jspecify.annotations.Nullable;

/**
 * One pair of bare sockets on a free port: what stands there, and what wants to bind and then listen.
 *
 * @param simultaneous both bind, then the old one listens, then the new one; the old one's residue is then BOUND
 * @param truth where in the truth table it stands; null for a cell that a user wrote
 * @param expect null: what the kernel's rule says for these two sockets
 */
public record PlannedCell(
        int number,
        String name,
        OldSocket old,
        NewSocket fresh,
        boolean simultaneous,
        @Nullable Truth truth,
        @Nullable Expect expect)
        implements Planned {

    /**
     * @param address of the listener (or bound socket) that left the residue
     * @param residue what is left of it
     * @param connectTo where a client connects to make the residue: the address itself, or the loopback address that a
     *     wildcard takes; an IPv4 one on a dual-stack wildcard, so that the residue's local address is IPv4-mapped
     */
    public record OldSocket(
            String address,
            boolean v6Only,
            boolean reuseAddress,
            boolean reusePort,
            Residue residue,
            String connectTo) {}

    public record NewSocket(String address, boolean v6Only, boolean reuseAddress, boolean reusePort) {}

    /** A place in the truth table; SO_REUSEADDR and SO_REUSEPORT are those of the two sockets. */
    public record Truth(Residue residue, Relation relation, Stack stack) {}
}
