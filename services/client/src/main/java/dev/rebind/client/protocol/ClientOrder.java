package dev.rebind.client.protocol;

import java.util.Arrays;
import java.util.Optional;

/** An order to the client, one word on a line of its standard input. */
public enum ClientOrder {
    /** Close every connection in order (FIN first, then read to the server's FIN); none is made again before {@link #resume}. */
    close,
    /** Reset every connection (SO_LINGER 0); none is made again before {@link #resume}. */
    reset,
    /** Send one last request where none is open, then stop reading and writing, and close nothing: not when the server closes, and not when it is gone. */
    stall,
    /** Read again, and make the connections again that are missing. */
    resume,
    /** Say what the server said: answered with {@link ClientEvent.Said}. */
    print,
    /** Latencies before the next restart are measured from now on. */
    observe,
    /** A restart begins: what was measured so far is forgotten, but for an outage that is under way. */
    mark,
    /** The new server is bound: latencies after the restart are measured from now on. */
    bound,
    /** Say what was measured since the last mark: answered with {@link ClientReport}. */
    report,
    /** Close everything in order and end; the last event is {@link ClientEvent.Stopped}. */
    stop;

    /** The order that a line holds; empty when it holds none. */
    public static Optional<ClientOrder> parse(String line) {
        return Arrays.stream(values())
                .filter(order -> order.name().equals(line))
                .findFirst();
    }
}
