package dev.rebind.report.page;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.clients.ClientView;
import dev.rebind.report.Amounts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the stop left on the port; and why that may be less than the connections there were. */
final class LeftWords {
    private LeftWords() {}

    /** {@code TIME_WAIT 1. The clients saw 49 resets, and a reset leaves no socket.}; null where it could not be read. */
    static @Nullable String of(CycleRecord cycle) {
        if (cycle.residue() == null) {
            return null;
        }
        String left = cycle.residue().isEmpty() ? "nothing" : Words.counts(cycle.residue());
        ClientView clients = cycle.clients();
        if (clients == null || clients.resets() == 0) {
            return left;
        }
        return left + ". The clients saw " + Amounts.count(clients.resets(), "reset", "resets")
                + ", and a reset leaves no socket."
                + (List.of("server", "kill").contains(cycle.closedBy())
                        ? " The kernel resets a connection that is closed with unread data, or that gets data after the close"
                                + " (RFC 1122, section 4.2.2.13)."
                        : "");
    }
}
