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
 * Makes the verdict of a cycle from its observations and the experiment's expectations. It first asks whether the cycle produced the
 * situation that it was meant to test. If it did not, or if that is unknown, the verdict is Inconclusive, whatever the outcome.
 */
final class Judge {
    private Judge() {}

    /**
     * A verdict and its reason.
     *
     * @param reason one sentence; null for a Pass
     */
    record Judgement(Verdict verdict, @Nullable String reason) {
        private static final Judgement PASS = new Judgement(Verdict.Pass, null);
    }

    /**
     * The observations of a cycle.
     *
     * @param residue sockets left on the port, by state; null if they could not be read
     * @param peers the sockets at the clients' end, by state; null if they could not be read
     * @param unreadable why one end could not be read; null if both could
     * @param outcome of the first bind
     * @param boundAfterMs from the first failed bind until the new generation was bound, in ms; 0 if the first bind succeeded, null if it
     *     was never bound
     * @param unserved what the bound new generation did instead of serving its clients; null if it served them, or if that is unknown
     * @param untold why it is unknown whether the new generation served, although there were clients; null otherwise
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

    /**
     * Returns the verdict of a cycle that came to a bind.
     *
     * @param elsewhere why the new generation bound the port of another host than the old one; null if the host is the same
     */
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

    /** Whether this part of the residue already proves that the cycle left every intended state. */
    static boolean isEnough(Expect expect, Map<String, Integer> some) {
        List<TcpState> expected = expect.residue();
        return expected != null && !expected.isEmpty() && shortfall(expected, some) == null;
    }

    /** Whether both ends of the connections show the intended residue. */
    static boolean arranged(
            Expect expect, @Nullable Map<String, Integer> residue, @Nullable Map<String, Integer> peers) {
        return isLeft(expect, residue) && shortfall(expect.peers(), peers) == null;
    }

    /** Whether the server's end shows the intended residue. */
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

    /** Describes the intended and the actual residue; null if they agree or if the experiment names none. */
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
