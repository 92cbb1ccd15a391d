package dev.rebind.operator.workload;

import java.time.Duration;
import java.util.List;

/** The result of giving a target back: whether it has its own setting again, and whether its server listens. */
public sealed interface Restoration {
    /**
     * The target has its own setting, and its server listens.
     *
     * @param without how long the server did not listen while the target was given back; zero if it listened all the time
     */
    record Listening(Duration without) implements Restoration {}

    /**
     * The toggle's key has its former value. The server listens, but keeps the experiment's setting until its container
     * starts again.
     *
     * @param without as in {@link Listening}
     */
    record AtNextStart(Duration without) implements Restoration {}

    /** The target has its own setting again, but the controller has not seen its server listen. */
    record NotListening(String why) implements Restoration {}

    /** The target may still have the experiment's setting. */
    record Failed(String why) implements Restoration {}

    /** Combines the results of several targets: the worst of them, and the longest time. */
    static Restoration of(List<Restoration> each) {
        Restoration worst = new Listening(Duration.ZERO);
        for (Restoration one : each) {
            worst = worse(worst, one);
        }
        return worst;
    }

    private static Restoration worse(Restoration one, Restoration other) {
        return switch (one) {
            case Failed _ -> one;
            case NotListening _ -> other instanceof Failed ? other : one;
            case AtNextStart(Duration without) ->
                switch (other) {
                    case Failed _, NotListening _ -> other;
                    case AtNextStart(Duration too) -> new AtNextStart(longer(without, too));
                    case Listening(Duration too) -> new AtNextStart(longer(without, too));
                };
            case Listening(Duration without) ->
                switch (other) {
                    case Failed _, NotListening _ -> other;
                    case AtNextStart(Duration too) -> new AtNextStart(longer(without, too));
                    case Listening(Duration too) -> new Listening(longer(without, too));
                };
        };
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
