package dev.rebind.engine;

import dev.rebind.agent.clients.ClientGroup.Service;
import dev.rebind.agent.command.CommandReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a new server that is bound serves its clients. Pure.
 *
 * @param service the service that the clients saw; null if the cycle did not wait for it
 * @param ended the exit code if the server ended by itself after its bind, in the form of {@link CommandReport#exitCode}; null if it did
 *     not end, or if that is unknown
 */
record ServiceRecovery(@Nullable Service service, @Nullable Integer ended) {
    /** Whether the clients are served; null if unknown. */
    @Nullable
    Boolean served() {
        return switch (service) {
            case Service.Served() -> ended == null;
            case Service.Unserved _ -> Boolean.FALSE;
            case Service.Unknown _ -> null;
            case null -> null;
        };
    }

    /** What the server did instead of serving its clients; null if it serves them, or if that is unknown. */
    @Nullable
    String unserved() {
        if (ended != null) {
            return "It had been bound when it ended by itself with " + CommandReport.ending(ended) + ".";
        }
        return service instanceof Service.Unserved(String why)
                ? "It was bound and did not serve its clients: " + why + "."
                : null;
    }

    /** Why it is unknown whether the server serves its clients; null if it is known, or if the cycle did not wait for it. */
    @Nullable
    String untold() {
        return ended == null && service instanceof Service.Unknown(String why) ? unknown(why) : null;
    }

    private static String unknown(String why) {
        return "Whether clients were served again is not known: " + why + ".";
    }

    /** Warnings for the record, one sentence each. */
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
