package dev.rebind.diagnosis.seen;

import dev.rebind.diagnosis.Question;
import dev.rebind.sockets.posix.Errno;
import java.util.List;
import java.util.OptionalInt;

/**
 * A bind, and what came of it.
 *
 * @param reuseAddress SO_REUSEADDR of the socket
 */
public record Attempt(Place place, boolean reuseAddress, Result result) {
    public sealed interface Result {
        /** @param asked whether the kernel was asked; else it follows from another answer or from the rule */
        record Binds(boolean asked) implements Result {}

        /**
         * @param errno positive
         * @param asked whether the kernel was asked
         */
        record Refused(int errno, boolean asked) implements Result {}

        /** @param why a clause without a full stop */
        record NotKnown(String why) implements Result {}
    }

    /**
     * A bind of a server that has failed, at each place that it asks for.
     *
     * @param six whether the machine has IPv6
     * @param errno empty where it has not failed, or nobody knows with which
     */
    public static List<Attempt> refused(Question question, boolean six, OptionalInt errno) {
        return errno.isEmpty()
                ? List.of()
                : question.places(six).stream()
                        .map(place ->
                                new Attempt(place, question.reuseAddress(), new Result.Refused(errno.getAsInt(), true)))
                        .toList();
    }

    /** The errno that the bind is refused with; empty where it passes or nobody knows. */
    public OptionalInt errno() {
        return result instanceof Result.Refused refused ? OptionalInt.of(refused.errno()) : OptionalInt.empty();
    }

    public boolean inUse() {
        return errno().orElse(0) == Errno.EADDRINUSE.number();
    }

    public boolean binds() {
        return result instanceof Result.Binds;
    }
}
