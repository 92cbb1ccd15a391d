package dev.rebind.engine;

import dev.rebind.record.CycleRecord;
import dev.rebind.sockets.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Records from looks at a port when somebody listened on it and when nobody did. Not for several threads. */
final class ListenerGaps {
    /** The longest time between the end of a server's listener and the end of its process that counts as a normal exit. */
    private static final Duration WINDING_UP = Duration.ofMillis(200);

    private record Look(long nanos, boolean listens) {}

    private final int port;
    /** The looks that differ from the one before, in order of time. */
    private final List<Look> changes = new ArrayList<>();

    ListenerGaps(int port) {
        this.port = port;
    }

    /** Adds a look at the listeners of the port. A listener on any address counts. */
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

    /** Returns the record, with a warning if new connections were refused for longer than its downtime says. */
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
     * Returns the longest time without a listener that began while the old server still ran and may have served open connections. It lasts
     * from the look that shows no listener to the next look that shows one, or until the new server was bound. Parameters are times of
     * {@link System#nanoTime()}.
     *
     * @param told when the old server was told to stop
     * @param ended when the old server had ended
     * @param bound when the new server was bound
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
