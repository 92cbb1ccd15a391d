package dev.rebind.live;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Orders to experiments, and who may give them. Safe for several threads; calls may block. */
public interface Actions {
    enum Order {
        pause,
        resume,
        abort
    }

    /** Names of the supported orders: start and those of {@link Order}. */
    Set<String> offered();

    /** @param token of the caller; null if there is none */
    Answer order(Order order, String namespace, String name, @Nullable String token);

    /**
     * Why this caller may not start any experiment. The API asks before it reads the document, so that a caller without the
     * right cannot make this process read and parse one.
     *
     * @return null if the caller may start experiments; the document decides then
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
         * @param status HTTP status, 400 or higher
         * @param why one sentence, or a line for each problem
         */
        record Refused(int status, String why) implements Answer {}
    }

    static Answer.Refused noToken(String where) {
        return new Answer.Refused(401, "this request needs the header Authorization: Bearer with the token " + where);
    }
}
