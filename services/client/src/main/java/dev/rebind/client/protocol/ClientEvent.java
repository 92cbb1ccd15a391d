package dev.rebind.client.protocol;

import java.time.Instant;
import java.util.List;

/** What the client says, one JSON object a line of its standard output; {@link ClientEventLine} writes and reads it. */
public sealed interface ClientEvent
        permits ClientEvent.Connected, ClientEvent.Said, ClientEvent.Misunderstood, ClientEvent.Stopped, ClientReport {
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

    /** A line on standard input was no order. */
    record Misunderstood(String line, Instant at) implements ClientEvent {}

    /** The last event: every connection is closed. */
    record Stopped(Instant at) implements ClientEvent {}
}
