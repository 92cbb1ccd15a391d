package dev.rebind.engine;

import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.Verdict;
import dev.rebind.sockets.TcpState;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares what was seen with what was expected. It first asks whether the cycle tested what it was meant to test. If
 * it did not, or if nobody can know, the verdict is Inconclusive, whatever the outcome.
 */
final class Judge {
    private Judge() {}

    /** @param reason one sentence; null for a Pass */
    record Judgement(Verdict verdict, @Nullable String reason) {
        private static final Judgement PASS = new Judgement(Verdict.Pass, null);
    }

    /**
     * The observations of a cycle.
     *
     * @param residue connections left on the port by state, without listeners unless asked for; null when unreadable
     * @param peers the same at the clients' end
     * @param outcome of the first bind
     * @param boundAfterMs from the first failed bind until the new generation was bound, in ms; 0 if the first bind succeeded, null
     *     if it was never bound
     * @param unserved what a new generation that is bound does instead of serving; null where it serves, and where that is not known
     * @param untold why it is not known whether it serves, although clients were there to see it; null otherwise
     */
    record Seen(
            @Nullable Map<String, Integer> residue,
            @Nullable Map<String, Integer> peers,
            @Nullable String unreadable,
            Outcome outcome,
            @Nullable Double boundAfterMs,
            @Nullable String errno,
            @Nullable Cause cause,
            @Nullable String call,
            int bindFailures,
            @Nullable Double downtimeMs,
            @Nullable String unserved,
            @Nullable String untold) {}

    /** @param elsewhere why another port than the old generation's was bound; null if it was the same */
    static Judgement judge(Expect expect, @Nullable String elsewhere, Seen seen) {
        if (elsewhere != null) {
            return inconclusive(elsewhere);
        }
        Judgement arranged = arranged("the old server's side of the port", expect.residue(), seen.residue(), seen);
        if (arranged.verdict() != Verdict.Pass) {
            return arranged;
        }
        arranged = arranged("the clients' side", expect.peers(), seen.peers(), seen);
        if (arranged.verdict() != Verdict.Pass) {
            return arranged;
        }
        Judgement outcome = outcome(expect, seen);
        if (outcome.verdict() != Verdict.Pass) {
            return outcome;
        }
        if (seen.unserved() != null) {
            return fail(seen.unserved());
        }
        return seen.untold() == null ? downtime(expect, seen) : inconclusive(seen.untold());
    }

    /** Whether these sockets, of which there may have been more, are enough to know that the intended residue was left. */
    static boolean isEnough(Expect expect, Map<String, Integer> some) {
        List<TcpState> expected = expect.residue();
        return expected != null && !expected.isEmpty() && shortfall(expected, some) == null;
    }

    /** Whether the residue at both ends is the intended one. */
    static boolean arranged(
            Expect expect, @Nullable Map<String, Integer> residue, @Nullable Map<String, Integer> peers) {
        return isLeft(expect, residue) && shortfall(expect.peers(), peers) == null;
    }

    /** Whether the residue at the server's end is the intended one. */
    static boolean isLeft(Expect expect, @Nullable Map<String, Integer> residue) {
        return shortfall(expect.residue(), residue) == null;
    }

    private static Judgement arranged(
            String where, @Nullable List<TcpState> expected, @Nullable Map<String, Integer> counts, Seen seen) {
        if (expected != null && counts == null) {
            return inconclusive("What was left on " + where + " could not be read (" + seen.unreadable()
                    + "), so it is not known whether the cycle tested what it was meant to test.");
        }
        String shortfall = shortfall(expected, counts);
        return shortfall == null
                ? Judgement.PASS
                : inconclusive("The cycle was meant to leave " + shortfall + " on " + where + ".");
    }

    /** The intended and the real residue; null if they agree or none was intended. */
    private static @Nullable String shortfall(
            @Nullable List<TcpState> expected, @Nullable Map<String, Integer> counts) {
        if (expected == null) {
            return null;
        }
        if (counts == null) {
            return "something that can be read";
        }
        String there = counts.isEmpty() ? "nothing" : Phrases.counts(counts);
        if (expected.isEmpty()) {
            boolean nothing = counts.keySet().stream().allMatch(TcpState.LISTEN.name()::equals);
            return nothing ? null : "nothing, and left " + there;
        }
        var missing = new TreeSet<String>();
        expected.forEach(state -> missing.add(state.name()));
        missing.removeAll(counts.keySet());
        return missing.isEmpty() ? null : String.join(" and ", missing) + ", and left " + there;
    }

    private static Judgement outcome(Expect expect, Seen seen) {
        if (expect.retriesDecide()) {
            return atLast(expect, seen);
        }
        Outcome expected = expect.outcome() == null ? Outcome.bound : expect.outcome();
        if (expected == Outcome.failed && seen.outcome() == expected && !"EADDRINUSE".equals(seen.errno())) {
            return inconclusive(
                    "The bind failed with " + (seen.errno() == null ? "an errno that is not known" : seen.errno())
                            + ", and not because the port was in use.");
        }
        if (seen.outcome() != expected) {
            return fail("Expected: " + expected + ". Seen: " + seen.outcome()
                    + (seen.cause() == null ? "" : ", " + seen.cause()) + ".");
        }
        if (expected == Outcome.bound) {
            return Judgement.PASS;
        }
        if (expect.cause() != null && expect.cause() != seen.cause()) {
            return seen.cause() == null || seen.cause() == Cause.unknown
                    ? inconclusive("Expected the cause " + expect.cause()
                            + ", and the evidence does not say what the cause was.")
                    : fail("Expected the cause " + expect.cause() + ". Seen: " + seen.cause() + ".");
        }
        if (expect.call() != null && !expect.call().name().equals(seen.call())) {
            return seen.call() == null
                    ? inconclusive(
                            "Expected " + expect.call() + " to fail, and the server did not say which call failed.")
                    : fail("Expected " + expect.call() + " to fail. Seen: " + seen.call() + ".");
        }
        return Judgement.PASS;
    }

    private static Judgement atLast(Expect expect, Seen seen) {
        if (seen.boundAfterMs() == null) {
            return fail("The new server was never bound: " + seen.bindFailures() + " binds failed.");
        }
        Integer allowed = expect.maxBindFailures();
        if (allowed != null && seen.bindFailures() > allowed) {
            return fail(seen.bindFailures() + " binds failed, and at most " + allowed + " were allowed.");
        }
        if (expect.boundWithin() != null) {
            double limit = expect.boundWithin().toNanos() / 1e6;
            if (seen.boundAfterMs() > limit) {
                return fail("The new server was bound " + Phrases.seconds(seen.boundAfterMs())
                        + " after the first failed bind, and at most " + Phrases.seconds(limit) + " were allowed.");
            }
        }
        return Judgement.PASS;
    }

    private static Judgement downtime(Expect expect, Seen seen) {
        if (expect.maxDowntime() == null) {
            return Judgement.PASS;
        }
        if (seen.downtimeMs() == null) {
            return inconclusive("No client measured the time without service.");
        }
        double limit = expect.maxDowntime().toNanos() / 1e6;
        return seen.downtimeMs() <= limit
                ? Judgement.PASS
                : fail("Clients were without service for " + Phrases.seconds(seen.downtimeMs()) + ", and at most "
                        + Phrases.seconds(limit) + " were allowed.");
    }

    private static Judgement fail(String reason) {
        return new Judgement(Verdict.Fail, reason);
    }

    private static Judgement inconclusive(String reason) {
        return new Judgement(Verdict.Inconclusive, reason);
    }
}
