package dev.rebind.agent;

import dev.rebind.child.protocol.StopWay;
import dev.rebind.sockets.ForeignText;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts and stops generations of the server, looks at its port and explains failed binds. An agent runs in the network namespace of the
 * server. Calls block. Make them from virtual threads; calls for different places may run at the same time. {@link #close()}, or the end of
 * the agent's process, ends everything that the agent started.
 */
public interface Agent extends AutoCloseable {

    /**
     * Starts a generation and waits until its bind has succeeded or failed. Returns {@link Start.Failed} where the bind failed, and {@link
     * Start.Broken} where the server could not be run at all.
     */
    Start start(GenerationSettings settings);

    /**
     * Stops a bound generation and waits until its process has ended or its listener is closed. When the grace period has passed, the agent
     * kills the process and returns {@link Stop.Killed}. With {@link StopWay#keep} the generation's connections stay open.
     */
    Stop stop(int generation, StopWay way, Duration gracePeriod);

    /**
     * Returns {@link System#nanoTime()} minus the time that calls have spent waiting for something that did not answer, for example the API
     * server. A caller that limits how long it waits measures by this clock, so that an outage does not use up its limit. The clock is
     * corrected only after the outage has ended; do not use it for points in time.
     */
    default long answeringNanos() {
        return System.nanoTime();
    }

    /**
     * Looks at the place from both sides, the server's and the clients'. The agent also remembers the open connections that it sees, and so
     * it can tell later which generation a leftover socket belongs to.
     */
    PortView look(Place place);

    /** Looks at the place, and predicts when each socket stops standing in the way, as {@link #explain} would. */
    PortForecast forecast(Place place);

    /**
     * Looks again at the sockets that the last look at the place found, to follow their states over time. On a machine with very many
     * sockets a whole look takes long. The agent then asks the kernel for each known socket, which takes microseconds, and takes a whole
     * look only now and then to find new sockets. An agent that does not make this difference always takes a whole look.
     */
    default PortView lookAgain(Place place) {
        return look(place);
    }

    /**
     * Whether looks at the place can show only the past, because somebody else has started a new server there. Another look then adds
     * nothing.
     */
    default boolean isPast(Place place) {
        return false;
    }

    /**
     * Looks at the place of a failed bind and says why it failed. Call it at once, because the look misses sockets that have gone since the
     * failure. The agent then watches the sockets in the way until they are gone. The next {@link Start.Bound} at that place says when that
     * was.
     */
    ExplainedFailure explain(Start.Failed failed);

    /**
     * Tells the agent when a port was really free again. The agent uses this to predict later releases more exactly.
     *
     * @param failure as this agent explained it
     * @param releasedNanos when the port was first bound, {@link System#nanoTime()}
     * @param exact how long before that the port may have been free already; the agent learns only from values of 20 ms or less
     */
    void released(ExplainedFailure failure, long releasedNanos, Duration exact);

    /** Destroys (SOCK_DESTROY) the leftover sockets that stand in the way. Never destroys a live listener or somebody else's connection. */
    Clearing clear(Place place);

    /** Ends everything that the agent started, whatever state it is in. */
    @Override
    void close();

    /** A local address and port. */
    record Place(String address, int port) {
        @Override
        public String toString() {
            return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
        }
    }

    /** The result of {@link #clear}. */
    sealed interface Clearing {
        record Cleared(int sockets) implements Clearing {}

        /** @param why the reason, with the errno's name and the right that is missing */
        record Refused(String why) implements Clearing {}
    }

    /** The result of stopping a generation. */
    sealed interface Stop {
        /** @param took from the order to stop until the end */
        record Stopped(Duration took, @Nullable Integer exitCode) implements Stop {}

        /**
         * The grace period passed and the agent killed the process. Its connections were closed in another way than the caller asked for.
         */
        record Killed(Duration took) implements Stop {}

        record Broken(String why) implements Stop {}
    }

    /**
     * Another listener on the port of a bound server.
     *
     * @param local its address and port
     * @param pids its processes; empty where they cannot be seen
     * @param process the name of the first process, as {@link ForeignText#name} cleans it; null where it cannot be seen
     * @param gets the clients that reach this listener: its_address, all_ipv4, all_ipv6, a_share, its_device, the_rest
     * @param text all of this as a sentence
     */
    record Beside(String local, List<Long> pids, @Nullable String process, String gets, String text) {
        public Beside {
            process = process == null ? null : ForeignText.name(process);
            pids = List.copyOf(pids);
        }
    }

    sealed interface Start {
        int generation();

        /**
         * @param at when the server was listening, by the wall clock
         * @param atNanos the same moment by the monotonic clock
         * @param freeNanos when the port was first seen to be free. This is {@code atNanos}, or earlier where the kernel was asked first or
         *     the sockets in the way were watched
         * @param heldNanos when a socket that stood in the way was last seen; null where no socket was watched until it was gone
         * @param beside the other listeners on the port
         */
        record Bound(
                int generation,
                Place place,
                List<Long> pids,
                java.time.Instant at,
                long atNanos,
                long freeNanos,
                @Nullable Long heldNanos,
                List<Beside> beside)
                implements Start {
            public Bound {
                beside = List.copyOf(beside);
            }

            public Bound(int generation, Place place, List<Long> pids, java.time.Instant at, long atNanos) {
                this(generation, place, pids, at, atNanos, atNanos, null, List.of());
            }

            Bound freeSince(long nanos) {
                return new Bound(generation, place, pids, at, atNanos, nanos, heldNanos, beside);
            }

            /** Returns a copy with the time of the release as it was seen. */
            public Bound releasedBetween(long held, long free) {
                return new Bound(generation, place, pids, at, atNanos, free, held, beside);
            }

            /**
             * Returns the last moment at which the port is known to have been taken. The port became free between that moment and {@code
             * freeNanos}.
             *
             * @param failedNanos when the last failed bind began
             */
            public long heldUntil(long failedNanos) {
                if (heldNanos == null) {
                    return failedNanos;
                }
                // The failed bind may be later than the last sighting by the clock of another machine.
                boolean failedLater = failedNanos - heldNanos > 0 && freeNanos - failedNanos >= 0;
                return failedLater ? failedNanos : heldNanos;
            }

            Bound beside(List<Beside> others) {
                return new Bound(generation, place, pids, at, atNanos, freeNanos, heldNanos, others);
            }
        }

        /**
         * @param errno its name; null where it is not known
         * @param call bind or listen; null where it is not known
         */
        record Failed(
                int generation,
                GenerationSettings settings,
                @Nullable String errno,
                @Nullable Integer errnoNumber,
                @Nullable String call,
                String message,
                java.time.Instant at,
                long atNanos)
                implements Start {
            public boolean addressInUse() {
                return "EADDRINUSE".equals(errno);
            }
        }

        record Broken(int generation, String why) implements Start {}
    }
}
