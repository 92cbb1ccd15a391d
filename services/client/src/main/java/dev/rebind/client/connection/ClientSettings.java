package dev.rebind.client.connection;

import dev.rebind.client.measure.BackOff;
import dev.rebind.client.traffic.Traffic;
import io.vertx.core.net.ClientOptionsBase;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What the client does.
 *
 * @param host the server's address; a wildcard stands for loopback
 * @param port 1 to 65535
 * @param connections 1 to 10000
 * @param interval pause between the answer to a request and the next, for the behaviours that greet again and again
 * @param askGeneration whether the first line asks for the server's generation
 * @param ready what {@code connected} waits for
 * @param reconnect whether lost connections are made again; the first one is tried for until it is there
 * @param traffic what is said; behaviour, interval and askGeneration are for Rebind's words
 */
public record ClientSettings(
        InetAddress host,
        int port,
        int connections,
        Behaviour behaviour,
        Duration interval,
        boolean askGeneration,
        Ready ready,
        boolean reconnect,
        Pauses pauses,
        Duration connectTimeout,
        Source source,
        Traffic traffic) {

    /**
     * The pauses between the attempts to make one connection.
     *
     * @param first before the second attempt; doubled from attempt to attempt
     * @param longest between two attempts
     * @param jitter random share of a pause that is left out, 0 to 1
     */
    public record Pauses(Duration first, Duration longest, double jitter) {
        BackOff backOff() {
            return new BackOff(
                    first, longest, jitter, () -> ThreadLocalRandom.current().nextDouble());
        }
    }

    /**
     * Where connections come from.
     *
     * @param address null: the kernel's choice
     * @param port of the first connection, the others follow; 0: the kernel's choice
     * @param reuseAddress SO_REUSEADDR, for a port that has leftovers
     */
    public record Source(@Nullable InetAddress address, int port, boolean reuseAddress) {
        /** The kernel chooses address and port. */
        public static final Source ANY = new Source(null, 0, false);

        /**
         * The local end of one connection.
         *
         * @param index of the connection, from 0
         * @return null where the kernel chooses the port
         */
        @Nullable
        InetSocketAddress of(int index) {
            return port == 0 ? null : new InetSocketAddress(address, port + index);
        }
    }

    /** What a client does with its connections. */
    public enum Behaviour {
        /** Greets once, and reads all that comes. */
        read,
        /** Greets, waits for the answer, greets again after the interval. */
        echo,
        /** As echo; meant to be told to close, and then the first to do so. */
        close_first,
        /** Greets once, reads the first answer, then stops reading, and never closes. */
        stall,
        /** As echo; meant to be told to reset. */
        reset;

        /** The word for people, on the command line and in experiments. */
        @Override
        public String toString() {
            return name().replace('_', '-');
        }

        public boolean greetsAgain() {
            return switch (this) {
                case echo, close_first, reset -> true;
                case read, stall -> false;
            };
        }
    }

    /** When a connection counts as there. */
    public enum Ready {
        /** When it is made; for a server that does not answer. */
        connect,
        /** When it has had a good answer. */
        answer
    }

    public ClientSettings {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 1 to 65535");
        }
        if (connections < 1 || connections > 10_000) {
            throw new IllegalArgumentException("connections " + connections + " is not in 1 to 10000");
        }
        if (traffic instanceof Traffic.Http http && http.idle() >= connections) {
            throw new IllegalArgumentException(
                    "of " + connections + " connections " + http.idle() + " idle ones leave none for requests");
        }
        if (!(pauses.jitter >= 0 && pauses.jitter <= 1)) {
            throw new IllegalArgumentException("jitter " + pauses.jitter + " is not in 0 to 1");
        }
        int lastPort = source.port + connections - 1;
        if (source.port < 0 || lastPort > 65_535) {
            throw new IllegalArgumentException(
                    "local ports " + source.port + " to " + lastPort + " are not in 0 to 65535");
        }
        if (interval.isZero() || pauses.first.isZero() || pauses.longest.isZero() || connectTimeout.isZero()) {
            throw new IllegalArgumentException("interval, pauses and timeout must be longer than 0");
        }
    }

    /**
     * Options of Vert.x for connections from where these are to come from, and for how long an attempt may take. A local port is for
     * {@link BoundTransport}. Vert.x 5.0 does not take the time of HttpConnectOptions.
     */
    <O extends ClientOptionsBase> O at(O options) {
        options.setReuseAddress(source.reuseAddress);
        options.setConnectTimeout((int) Math.min(connectTimeout.toMillis(), Integer.MAX_VALUE));
        if (source.address != null && source.port == 0) {
            options.setLocalAddress(source.address.getHostAddress());
        }
        return options;
    }
}
