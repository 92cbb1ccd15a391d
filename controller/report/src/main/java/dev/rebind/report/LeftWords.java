package dev.rebind.report;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.clients.ClientView;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the stop left on the port; and why that may be less than the connections there were. */
public final class LeftWords {
    private LeftWords() {}

    /** {@code TIME_WAIT 1. The clients saw 49 resets, and a reset leaves no socket.}; null where it could not be read. */
    public static @Nullable String of(CycleRecord cycle) {
        if (cycle.residue() == null) {
            return null;
        }
        String left = cycle.residue().isEmpty() ? "nothing" : Amounts.counts(cycle.residue());
        return fewer(cycle).map(why -> left + ". " + why).orElse(left);
    }

    /** Why fewer sockets are left than there were connections; empty where no client saw a reset. */
    public static Optional<String> fewer(CycleRecord cycle) {
        ClientView clients = cycle.clients();
        if (cycle.residue() == null || clients == null || clients.resets() == 0) {
            return Optional.empty();
        }
        return Optional.of("The clients saw " + Amounts.count(clients.resets(), "reset", "resets")
                + ", and a reset leaves no socket."
                + (List.of("server", "kill").contains(cycle.closedBy())
                        ? " The kernel resets a connection that is closed with unread data, or that gets data after the close"
                                + " (RFC 1122, section 4.2.2.13)."
                        : ""));
    }
}
