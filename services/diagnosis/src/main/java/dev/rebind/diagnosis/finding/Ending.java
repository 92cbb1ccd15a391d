package dev.rebind.diagnosis.finding;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** When a socket stops standing in the way. All durations count from the moment of the look. */
public sealed interface Ending {
    /** Nothing stands in the way. */
    record Free() implements Ending {}

    /**
     * A timer of the kernel's ends it.
     *
     * @param earliest not before
     * @param latest not after
     * @param point the moment itself, where the grid of the kernel's timers is known
     * @param peerMayClose whether TIME_WAIT follows should the other end still close
     */
    record Timer(Duration earliest, Duration latest, Optional<Duration> point, boolean peerMayClose)
            implements Ending {}

    /**
     * The kernel gives it up where the other end goes on saying nothing.
     *
     * @param next the next try
     * @param about when it gives up by its own model of the tries
     * @param latest not after, as its timers may come late by an eighth each, and a peer that answers probes of a closed window puts
     *     off the end of an orphan
     * @param tried how many tries were not answered so far
     * @param sure whether the other end is known to be gone, or has not answered yet what was asked of it
     */
    record GivesUp(Means means, Duration next, Duration about, Duration latest, int tried, boolean sure)
            implements Ending {}

    enum Means {
        RETRANSMISSION,
        WINDOW_PROBES,
        KEEPALIVE,
        USER_TIMEOUT
    }

    /** Only its process ends it. */
    record UntilClosed(Reason reason) implements Ending {}

    enum Reason {
        LISTENS,
        BOUND,
        /** Open here; of the other end nothing is known. */
        OPEN,
        /** Both ends were seen, and both are open. */
        OPEN_AT_BOTH_ENDS,
        /** What this end has sent, the other end has not taken yet; it answers, or was not asked again yet. */
        DATA_WAITS,
        /** Both ends are the same socket. */
        CONNECTED_TO_ITSELF,
        /** The other end has sent its FIN; whether it still reads cannot be seen. */
        OTHER_END_CLOSED,
        /** The other end was seen: it has closed for writing only, and its program may still read. */
        OTHER_END_READS,
        /** Its program bound the port itself: the port stays with it also when the kernel gives its connection up. */
        BOUND_BEFORE_IT_CONNECTED,
        /** This end has closed for writing only. */
        HALF_CLOSED,
        /** It waits in the queue of a listener. */
        NOT_ACCEPTED
    }

    /** @param why a clause without a full stop */
    record NotTold(String why) implements Ending {}

    /** How long it lasts, for comparison only: what is not told lasts longer than any time, and what only a process ends longest. */
    default Duration rank() {
        return switch (this) {
            case Free _ -> Duration.ofSeconds(-1);
            case Timer timer -> timer.point().orElse(timer.latest());
            case GivesUp ends when ends.sure() -> ends.latest();
            case NotTold _ -> Duration.ofDays(100_000);
            case GivesUp _ -> Duration.ofDays(200_000);
            case UntilClosed _ -> Duration.ofDays(300_000);
        };
    }

    /** That of the socket which stays longest; {@link Free} where there is none. */
    static Ending last(List<Ending> endings) {
        return endings.stream()
                .reduce(new Free(), (one, other) -> one.rank().compareTo(other.rank()) >= 0 ? one : other);
    }
}
