package dev.rebind.sockets;

import java.time.Instant;
import java.util.List;

/** What came of looking at the sockets: a whole picture or none. There is no short list. */
public sealed interface Reading {
    /**
     * All sockets that matched the query at one moment.
     *
     * @param takenAt wall clock at the middle of the read
     * @param takenNanos {@link System#nanoTime()} at the same moment, for what is measured against it
     * @param source which reader it came from, for people: {@code inet_diag} or {@code /proc/net/tcp}
     * @param halfNanos half of the time that the read took: each socket was looked at within so much of {@code takenNanos}
     */
    record Snapshot(Instant takenAt, long takenNanos, String source, List<TcpSocket> sockets, long halfNanos)
            implements Reading {
        public Snapshot {
            sockets = List.copyOf(sockets);
        }

        /** Taken in no time, as made-up ones are. */
        public Snapshot(Instant takenAt, long takenNanos, String source, List<TcpSocket> sockets) {
            this(takenAt, takenNanos, source, sockets, 0);
        }
    }

    /**
     * The sockets could not be read whole, after retries where a retry could help.
     *
     * @param what which source failed
     * @param why the reason, with the errno's name where there is one
     */
    record Unreadable(String what, String why) implements Reading {}
}
