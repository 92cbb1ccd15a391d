package dev.rebind.operator.workload;

import java.time.Duration;
import java.util.List;

/** What came of giving a target back: its setting and its server. */
public sealed interface Restoration {
    /**
     * It has its own setting, and its server listens.
     *
     * @param without how long the server did not listen while the target was given back; zero where it listened all the time
     */
    record Listening(Duration without) implements Restoration {}

    /**
     * Its key has its own setting, and its server listens with that of the experiment until its container is started next.
     *
     * @param without as of {@link Listening}
     */
    record AtNextStart(Duration without) implements Restoration {}

    /** It has its own setting, and its server was not seen to listen. */
    record NotListening(String why) implements Restoration {}

    /** It may not have its own setting. */
    record Failed(String why) implements Restoration {}

    /** Of several targets: the worst of them, and the longest time. */
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
