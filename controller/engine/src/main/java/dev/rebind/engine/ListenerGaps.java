package dev.rebind.engine;

import dev.rebind.record.CycleRecord;
import dev.rebind.sockets.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Whether anybody listened on a port, as looks at it show. Not for several threads. */
final class ListenerGaps {
    /** A server that ends closes its listener so long before its process is gone, at most. */
    private static final Duration WINDING_UP = Duration.ofMillis(200);

    private record Look(long nanos, boolean listens) {}

    private final int port;
    /** In their order; each differs from the one before. */
    private final List<Look> changes = new ArrayList<>();

    ListenerGaps(int port) {
        this.port = port;
    }

    /** A look at all listeners. A listener on any address of the port counts. */
    void saw(Reading listeners) {
        if (!(listeners instanceof Reading.Snapshot seen)) {
            return;
        }
        boolean listens =
                seen.sockets().stream().anyMatch(socket -> socket.local().port() == port);
        Look last = changes.isEmpty() ? null : changes.getLast();
        if (last == null || (last.listens() != listens && seen.takenNanos() - last.nanos() > 0)) {
            changes.add(new Look(seen.takenNanos(), listens));
        }
    }

    /** The record with a warning, where its downtime is not that of clients without a connection. */
    static CycleRecord told(CycleRecord record) {
        if (record.refusedForLonger().isEmpty()) {
            return record;
        }
        var warnings = new ArrayList<String>(record.warnings() == null ? List.of() : record.warnings());
        warnings.add("Nobody listened on the port for "
                + Phrases.seconds(record.refusedForLonger().getAsDouble())
                + " before the new server did, and new connections were refused meanwhile: the old one stopped"
                + " listening and ran on. The downtime is that of clients that had a connection.");
        return record.builder().warnings(warnings).build(record.verdict(), record.parts());
    }

    /**
     * The longest time without a listener that began while the old server ran, in which it may have served connections: from a look that
     * shows it to the next one that shows a listener, or until the new server was bound. Moments of {@link System#nanoTime()}.
     *
     * @param told when the old server was told to stop
     * @param ended when it had ended
     * @param bound when the new one was bound
     */
    Duration draining(long told, long ended, long bound) {
        long longest = 0;
        for (int i = 0; i < changes.size(); i++) {
            Look look = changes.get(i);
            long end = i + 1 < changes.size() && changes.get(i + 1).nanos() - bound < 0
                    ? changes.get(i + 1).nanos()
                    : bound;
            boolean drains = look.nanos() - told >= 0 && ended - look.nanos() > WINDING_UP.toNanos();
            if (!look.listens() && drains) {
                longest = Math.max(longest, end - look.nanos());
            }
        }
        return Duration.ofNanos(longest);
    }
}
