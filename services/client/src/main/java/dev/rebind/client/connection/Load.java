package dev.rebind.client.connection;

import dev.rebind.client.protocol.ClientEvent.Quote;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the client puts on a server. On the event loop. */
sealed interface Load permits HeldConnections, HttpRequests {
    /** How connections are ended on order. */
    enum Ending {
        /** The client is the first to close. */
        finish,
        /** SO_LINGER 0. */
        reset
    }

    /**
     * How it is now.
     *
     * @param served how many connections count as served: open and answered, or answered and ended by a server that ends each with its
     *     answer
     * @param stalled whether every open connection has stopped reading
     * @param locals of the open connections
     */
    record State(int served, boolean stalled, List<InetSocketAddress> locals) {
        public State {
            locals = List.copyOf(locals);
        }

        int connections() {
            return locals.size();
        }
    }

    void start();

    /** Ends every connection; none is made again before {@link #resume}. */
    void leave(Ending how);

    /** Whether those that were told to end have ended. */
    boolean left();

    /** Ends those at once that were told to end and have not. */
    void cut();

    /** Makes no connection and begins no request from now on, whatever comes. */
    void end();

    void stall();

    void resume();

    State state();

    /** A restart begins. */
    void marked();

    /** The new server is bound: what the old one had answered is no service any more. */
    void bound();

    /**
     * On how many of the connections that are kept requests were sent and none was answered since the last mark; null where none are kept
     * for requests.
     */
    @Nullable
    Integer unansweredConnections();

    /** How many requests were sent and are neither over nor given up on order. */
    long underWay();

    /** What the server said, a quote for each open connection; empty where it does not speak in lines. */
    List<Quote> quotes();
}
