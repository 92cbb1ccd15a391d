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

    /** @param token of the caller; null: none */
    Answer order(Order order, String namespace, String name, @Nullable String token);

    /**
     * Why nothing that this caller starts is taken, whatever it is. It is asked before the document is read, so that
     * nobody has this process read and parse who may not.
     *
     * @return null where the document decides
     */
    Answer.@Nullable Refused refusesStart(@Nullable String token);

    /**
     * Starts one.
     *
     * @param document YAML, as it came
     * @param token one that {@link #refusesStart} had nothing against
     */
    Answer start(String document, @Nullable String token);

    sealed interface Answer {
        /** The order is accepted; the phase shows when it is carried out. */
        record Asked(Views.Named experiment) implements Answer {}

        record Started(Views.Named experiment) implements Answer {}

        /**
         * @param status HTTP status, 400 or higher
         * @param why one sentence, or a line for each problem
         */
        record Refused(int status, String why) implements Answer {}
    }

    static Answer.Refused noToken(String where) {
        return new Answer.Refused(401, "this needs Authorization: Bearer and the token " + where);
    }
}
