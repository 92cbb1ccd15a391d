package dev.rebind.client.protocol;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What the client says, one JSON object a line of its standard output; {@link ClientEventLine} writes and reads it. */
public sealed interface ClientEvent
        permits ClientEvent.Connected,
                ClientEvent.Said,
                ClientEvent.Measured,
                ClientEvent.Misunderstood,
                ClientEvent.Stopped,
                ClientReport {
    /** When it happened, by the wall clock. */
    Instant at();

    /**
     * All connections are there and each has had its first answer (with {@code --ready=connect}: all are there). Said again
     * whenever that has become so anew.
     */
    record Connected(int connections, Instant at) implements ClientEvent {}

    /** The answer to {@link ClientOrder#print}: one entry for each connection that is open. */
    record Said(List<Quote> quotes, Instant at) implements ClientEvent {
        public Said {
            quotes = List.copyOf(quotes);
        }
    }

    /**
     * What the server said on one connection.
     *
     * @param lines how many lines
     * @param last the last of them; empty before the first
     */
    record Quote(int localPort, long lines, String last) {}

    /**
     * With {@code --measure-interval}: what happened since this was last said, or since the start.
     *
     * @param failedConnects as in a {@link ClientReport}
     * @param requests begun, of clients that speak HTTP, or TCP with an answer to wait for
     * @param requestFailures those that failed, by {@link RequestReport.Failure}
     * @param connections open now
     * @param outagesMs how long each took that ended
     * @param roundTrips by the buckets of {@link dev.rebind.metrics.Buckets#roundTrips}
     */
    record Measured(
            long answers,
            long resets,
            long bytesLost,
            Map<String, Long> failedConnects,
            long requests,
            Map<String, Long> requestFailures,
            int connections,
            List<Double> outagesMs,
            List<Trips> roundTrips,
            Instant at)
            implements ClientEvent {
        public Measured {
            failedConnects = Map.copyOf(failedConnects);
            requestFailures = Map.copyOf(requestFailures);
            outagesMs = List.copyOf(outagesMs);
            roundTrips = List.copyOf(roundTrips);
        }
    }

    /**
     * Round trips of one bucket.
     *
     * @param count 1 or more
     * @param nanos all of them together
     */
    record Trips(long count, long nanos) {}

    /** A line on standard input was no order. */
    record Misunderstood(String line, Instant at) implements ClientEvent {}

    /** The last event: every connection is closed. */
    record Stopped(Instant at) implements ClientEvent {}
}
