package dev.rebind.sockets.release;

import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import java.util.List;

/**
 * A reading of sockets, and when each of them stops standing in the way of a bind.
 *
 * @param releases one for each socket of the reading, in the same order; empty if the reading is unreadable
 */
public record Forecast(Reading reading, List<Release> releases) {
    public Forecast {
        releases = List.copyOf(releases);
        int sockets = reading instanceof Snapshot snapshot ? snapshot.sockets().size() : 0;
        if (releases.size() != sockets) {
            throw new IllegalArgumentException(releases.size() + " releases for " + sockets + " sockets");
        }
    }
}
