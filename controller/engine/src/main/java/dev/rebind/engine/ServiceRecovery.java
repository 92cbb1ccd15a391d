package dev.rebind.engine;

import dev.rebind.agent.clients.ClientGroup.Service;
import dev.rebind.agent.command.CommandReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a new server that is bound serves its clients. Pure.
 *
 * @param service as the clients saw it; null where that was not waited for
 * @param ended how the server ended by itself after its bind, as {@link CommandReport#exitCode} has it; null where it did not, or that
 *     is not known
 */
record ServiceRecovery(@Nullable Service service, @Nullable Integer ended) {
    /** Null where that is not known. */
    @Nullable
    Boolean served() {
        return switch (service) {
            case Service.Served() -> ended == null;
            case Service.Unserved _ -> Boolean.FALSE;
            case Service.Unknown _ -> null;
            case null -> null;
        };
    }

    /** What the server did instead; null where it serves them, and where that is not known. */
    @Nullable
    String unserved() {
        if (ended != null) {
            return "It had been bound when it ended by itself with " + CommandReport.ending(ended) + ".";
        }
        return service instanceof Service.Unserved(String why)
                ? "It was bound and did not serve its clients: " + why + "."
                : null;
    }

    /** Why it is not known whether it serves them; null where that is known, and where nobody waited for it. */
    @Nullable
    String untold() {
        return ended == null && service instanceof Service.Unknown(String why) ? unknown(why) : null;
    }

    private static String unknown(String why) {
        return "Whether clients were served again is not known: " + why + ".";
    }

    /** What a reader should know, a sentence each. */
    List<String> warnings() {
        var warnings = new ArrayList<String>();
        switch (service) {
            case Service.Unserved(String why) -> warnings.add("Clients were not served again: " + why + ".");
            case Service.Unknown(String why) -> warnings.add(unknown(why));
            case Service.Served() -> {}
            case null -> {}
        }
        if (ended != null) {
            warnings.add("The new server was bound, and ended by itself with " + CommandReport.ending(ended)
                    + " before the cycle was over.");
        }
        return warnings;
    }
}
