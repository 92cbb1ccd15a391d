package dev.rebind.report;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.clients.ClientView;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says which sockets the stop left on the port, and why these may be fewer than the connections before it. */
public final class LeftWords {
    private LeftWords() {}

    /**
     * For example {@code TIME_WAIT 1. The clients saw 49 resets, and a reset leaves no socket.}; null where the sockets could not be read.
     */
    public static @Nullable String of(CycleRecord cycle) {
        if (cycle.residue() == null) {
            return null;
        }
        String left = cycle.residue().isEmpty() ? "nothing" : Amounts.counts(cycle.residue());
        return fewer(cycle).map(why -> left + ". " + why).orElse(left);
    }

    /** Explains why fewer sockets are left than there were connections; empty where there is no sign that a connection was reset. */
    public static Optional<String> fewer(CycleRecord cycle) {
        ClientView clients = cycle.clients();
        if (cycle.residue() == null || clients == null) {
            return Optional.empty();
        }
        boolean closedByServer = List.of("server", "kill").contains(cycle.closedBy());
        if (clients.resets() > 0) {
            return Optional.of("The clients saw " + Amounts.count(clients.resets(), "reset", "resets")
                    + ", and a reset leaves no socket."
                    + (closedByServer
                            ? " The kernel resets a connection that is closed with unread data, or that gets data after the close"
                                    + " (RFC 1122, section 4.2.2.13)."
                            : ""));
        }
        Long unanswered = clients.bytesLost();
        int left = cycle.residue().values().stream().mapToInt(Integer::intValue).sum();
        // A client that has read the server's FIN and has closed does not notice a reset that arrives later.
        return closedByServer && unanswered != null && unanswered > 0 && left < clients.ends()
                ? Optional.of("The clients had sent " + Amounts.count(unanswered, "byte", "bytes")
                        + " that were not answered. Data that comes after the close resets a connection (RFC 1122, section 4.2.2.13),"
                        + " and a reset leaves no socket.")
                : Optional.empty();
    }
}
