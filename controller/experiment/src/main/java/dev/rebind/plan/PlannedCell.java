package dev.rebind.plan;

import dev.rebind.experiment.cells.Relation;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.cells.Stack;
import dev.rebind.experiment.expect.Expect;
import org.jspecify.annotations.Nullable;

/**
 * One pair of bare sockets on a free port: the old one is there already, and the new one is to bind and then listen.
 *
 * @param simultaneous whether both bind first; then the old one listens, then the new one. The old one's residue is then BOUND
 * @param truth its place in the truth table; null for a cell that a user wrote
 * @param expect the expected result; null for the result of the kernel's rule
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
     * The old socket.
     *
     * @param address address of the listener, or of the bound socket, that left the residue
     * @param residue what is left of the old socket
     * @param connectTo where a client connects to make the residue: the address itself, or a loopback address for a wildcard. On a
     * dual-stack wildcard it is an IPv4 address, so that the residue's local address is IPv4-mapped
     */
    public record OldSocket(
            String address,
            boolean v6Only,
            boolean reuseAddress,
            boolean reusePort,
            Residue residue,
            String connectTo) {}

    public record NewSocket(String address, boolean v6Only, boolean reuseAddress, boolean reusePort) {}

    /** A place in the truth table. The values of SO_REUSEADDR and SO_REUSEPORT are in the two sockets. */
    public record Truth(Residue residue, Relation relation, Stack stack) {}
}
