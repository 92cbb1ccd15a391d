package dev.rebind.report;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.Outcome;
import java.time.Duration;

/** What came of a restart in a few words, which stand beside its verdict and must not contradict it. */
public final class OutcomeWords {
    private OutcomeWords() {}

    /** {@code bound}, {@code bound after 60.1 s and 98 tries}, {@code failed, as expected}, {@code failed}, {@code no bind}. */
    public static String of(CycleRecord cycle) {
        if (cycle.outcome() == null) {
            return "no bind";
        }
        if (cycle.outcome() == Outcome.bound) {
            return "bound";
        }
        if (waited(cycle) && cycle.failedAt() != null && cycle.boundAt() != null && cycle.bindFailures() != null) {
            return "bound after "
                    + Amounts.duration(
                            Duration.between(cycle.failedAt(), cycle.boundAt()).toNanos() / 1e6)
                    // How often a program that tries by itself has tried, nobody knows.
                    + (cycle.program() != null
                            ? ""
                            : " and " + Amounts.count(cycle.bindFailures() + 1L, "try", "tries"));
        }
        return cycle.verdict() == Verdict.Pass ? "failed, as expected" : "failed";
    }

    /** Whether the server was bound on the same port in the end, and nothing but time freed it. */
    private static boolean waited(CycleRecord cycle) {
        return cycle.release() != null && cycle.release().actualMs() != null;
    }
}
