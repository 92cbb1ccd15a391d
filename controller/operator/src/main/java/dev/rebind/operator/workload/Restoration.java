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

    /** It has its own setting, and its server was not seen to listen. */
    record NotListening(String why) implements Restoration {}

    /** It may not have its own setting. */
    record Failed(String why) implements Restoration {}

    /** Of several targets: the worst of them, and the longest time. */
    static Restoration of(List<Restoration> each) {
        Duration longest = Duration.ZERO;
        Restoration worst = new Listening(longest);
        for (Restoration one : each) {
            switch (one) {
                case Listening(Duration without) -> {
                    longest = without.compareTo(longest) > 0 ? without : longest;
                    if (worst instanceof Listening) {
                        worst = new Listening(longest);
                    }
                }
                case NotListening _ -> worst = worst instanceof Failed ? worst : one;
                case Failed _ -> worst = one;
            }
        }
        return worst;
    }
}
