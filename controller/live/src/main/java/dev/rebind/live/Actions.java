package dev.rebind.live;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Starts, pauses, resumes and aborts experiments, and decides which callers may do so. Safe for several threads; calls may block. */
public interface Actions {
    enum Order {
        pause,
        resume,
        abort
    }

    /** The names of the orders that this process supports, out of {@code start} and the names of {@link Order}. */
    Set<String> offered();

    /**
     * Gives an order to an experiment.
     *
     * @param token the caller's token; null if there is none
     */
    Answer order(Order order, String namespace, String name, @Nullable String token);

    /**
     * Returns why this caller may not start any experiment. The API calls this before it reads the document, so that a caller without the
     * right cannot make this process read and parse one.
     *
     * @return null if the caller may start experiments in general; {@link #start} may still refuse the document
     */
    Answer.@Nullable Refused refusesStart(@Nullable String token);

    /**
     * Starts an experiment.
     *
     * @param document YAML, as the caller sent it
     * @param token a token that {@link #refusesStart} accepted
     */
    Answer start(String document, @Nullable String token);

    sealed interface Answer {
        /** The order is accepted; the phase shows when it is carried out. */
        record Asked(ApiJson.Named experiment) implements Answer {}

        record Started(ApiJson.Named experiment) implements Answer {}

        /**
         * The order is refused.
         *
         * @param status HTTP status, 400 or higher
         * @param why one sentence, or a line for each problem
         */
        record Refused(int status, String why) implements Answer {}
    }

    static Answer.Refused noToken(String where) {
        return new Answer.Refused(401, "this request needs the header Authorization: Bearer with the token " + where);
    }
}
