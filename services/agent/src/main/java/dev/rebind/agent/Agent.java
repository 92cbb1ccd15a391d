package dev.rebind.agent;

import dev.rebind.child.protocol.StopWay;
import dev.rebind.sockets.ForeignText;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lives in the network namespace of the server: starts and stops its generations, looks at the port, explains failures.
 * Calls block; make them from virtual threads, any number at once for different places. Nothing that an agent started
 * outlives {@link #close()} or the agent's process.
 */
public interface Agent extends AutoCloseable {

    /**
     * Starts a generation and waits until its bind has succeeded or failed. A failed bind is a result, {@link
     * Start.Failed}, and so is a server that could not be run at all, {@link Start.Broken}.
     */
    Start start(GenerationSettings settings);

    /**
     * Tells a bound generation to stop and waits until it is gone (process ended, listener closed), at most the grace
     * period; after it the process is killed, and the result says so. With {@link StopWay#keep} its connections live on.
     */
    Stop stop(int generation, StopWay way, Duration gracePeriod);

    /**
     * {@link System#nanoTime()} without the time in which orders have waited out an outage of what they need, such as an API server
     * that does not answer. Whoever limits a wait for an answer counts by it, so that an outage decides nothing. It stands still only
     * after such an outage, so that moments are not told by it.
     */
    default long answeringNanos() {
        return System.nanoTime();
    }

    /**
     * Looks at the place from both sides. What an agent sees of open connections tells it later of which generation a
     * leftover is.
     */
    PortView look(Place place);

    /** Looks at the place, and predicts when each socket stops standing in the way, as {@link #explain} would. */
    PortForecast forecast(Place place);

    /**
     * Looks again at what the last look at the place found, for states over time: where a whole look takes long, as very many
     * sockets are on the machine, the known sockets are asked for one by one in microseconds, and new ones are found by a whole look
     * now and then. Where an agent does not distinguish the two it is a whole look.
     */
    default PortView lookAgain(Place place) {
        return look(place);
    }

    /**
     * Whether looks at the place show a moment that is past, so that another look shows nothing more of it: somebody else has
     * started a new server there since.
     */
    default boolean isPast(Place place) {
        return false;
    }

    /**
     * Looks at the place of a failed bind, and says by that look why it failed. Call it at once: what has gone since the failure
     * is not seen. From then on the sockets in the way are watched until they are gone, and the next {@link Start.Bound} there
     * says when that was.
     */
    ExplainedFailure explain(Start.Failed failed);

    /**
     * Tells when a port was really free again, from which later predictions become more exact.
     *
     * @param failure as this agent explained it
     * @param releasedNanos when the port was first bound, {@link System#nanoTime()}
     * @param exact how long before that it may have been free already; 20 ms or less to be of use
     */
    void released(ExplainedFailure failure, long releasedNanos, Duration exact);

    /** Destroys (SOCK_DESTROY) the leftovers that stand in the way; never a live listener or somebody else's connection. */
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

    /** What came of {@link #clear}. */
    sealed interface Clearing {
        record Cleared(int sockets) implements Clearing {}

        /** @param why with the errno's name and the right that is missing */
        record Refused(String why) implements Clearing {}
    }

    /** Ways to stop a generation. */
    sealed interface Stop {
        /** @param took from the order to the end */
        record Stopped(Duration took, @Nullable Integer exitCode) implements Stop {}

        /** The grace period passed: the process was killed, which closes its connections another way than was asked. */
        record Killed(Duration took) implements Stop {}

        record Broken(String why) implements Stop {}
    }

    /**
     * Somebody else who listens on the port of a server that is bound.
     *
     * @param local its address and port
     * @param pids its processes; empty where they cannot be seen
     * @param process the name of the first, as {@link ForeignText#name}; null where it cannot be seen
     * @param gets which clients reach it: its_address, all_ipv4, all_ipv6, a_share, its_device, the_rest
     * @param text the same as a sentence
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
         * @param at when it was listening, and {@code atNanos} by the monotonic clock
         * @param freeNanos when the port was first seen to be free: {@code atNanos}, or before, where the kernel was asked first or
         *     the sockets in the way were watched
         * @param heldNanos when a socket that stood in the way was last seen there; null where none was watched until it was gone
         * @param beside who else listens on the port
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

            /** The same with the release that was seen. */
            public Bound releasedBetween(long held, long free) {
                return new Bound(generation, place, pids, at, atNanos, free, held, beside);
            }

            /**
             * Until when the port is known to have been taken: the release lies between that and {@code freeNanos}.
             *
             * @param failedNanos when the last bind that failed was begun
             */
            public long heldUntil(long failedNanos) {
                if (heldNanos == null) {
                    return failedNanos;
                }
                // By the clock of another machine a bind may have failed after what was seen there.
                boolean failedLater = failedNanos - heldNanos > 0 && freeNanos - failedNanos >= 0;
                return failedLater ? failedNanos : heldNanos;
            }

            Bound beside(List<Beside> others) {
                return new Bound(generation, place, pids, at, atNanos, freeNanos, heldNanos, others);
            }
        }

        /**
         * @param errno name; null where it cannot be told
         * @param call bind or listen; null where it cannot be told
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
