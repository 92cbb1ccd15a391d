package dev.rebind.report;

import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The result of a restart in a few words. They stand next to its verdict and must not contradict it. */
public final class OutcomeWords {
    private OutcomeWords() {}

    /** The result of several cycles of the same {@link #kind}, for example {@code bound after 44.1 s to 60.1 s}. */
    public static String of(List<CycleRecord> alike) {
        CycleRecord first = alike.getFirst();
        if (alike.size() == 1 || !isBoundLater(first)) {
            return of(first);
        }
        double[] after =
                alike.stream().mapToDouble(OutcomeWords::afterMs).sorted().toArray();
        return "bound after " + between(Amounts.duration(after[0]), Amounts.duration(after[after.length - 1]));
    }

    /** The result without figures, which is the same for all cycles of one kind. */
    public static String kind(CycleRecord cycle) {
        return isBoundLater(cycle) ? "bound after" : of(cycle);
    }

    /**
     * The result of one cycle: {@code bound}, {@code bound after 60.1 s and 98 tries}, {@code failed, as expected}, {@code failed} or
     * {@code no bind}.
     */
    public static String of(CycleRecord cycle) {
        if (cycle.outcome() == null) {
            return "no bind";
        }
        if (cycle.outcome() == Outcome.bound) {
            return "bound";
        }
        if (isBoundLater(cycle)) {
            return "bound after " + Amounts.duration(afterMs(cycle))
                    // Nobody knows how often a program has tried that retries by itself.
                    + (cycle.program() != null ? "" : " and " + Amounts.count(tries(cycle), "try", "tries"));
        }
        return cycle.verdict() == Verdict.Pass ? "failed, as expected" : "failed";
    }

    private static boolean isBoundLater(CycleRecord cycle) {
        return waited(cycle) && cycle.failedAt() != null && cycle.boundAt() != null && cycle.bindFailures() != null;
    }

    private static double afterMs(CycleRecord cycle) {
        return Duration.between(Objects.requireNonNull(cycle.failedAt()), Objects.requireNonNull(cycle.boundAt()))
                        .toNanos()
                / 1e6;
    }

    private static int tries(CycleRecord cycle) {
        return Objects.requireNonNull(cycle.bindFailures()) + 1;
    }

    private static String between(String least, String most) {
        return least.equals(most) ? least : least + " to " + most;
    }

    /** Whether the cycle waited until the port was free and the server was then bound on it. */
    private static boolean waited(CycleRecord cycle) {
        return cycle.release() != null && cycle.release().actualMs() != null;
    }
}
