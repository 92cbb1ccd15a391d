package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.Cause;
import dev.rebind.engine.Judge.Judgement;
import dev.rebind.engine.Judge.Seen;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import dev.rebind.record.Verdict;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgeTest {
    private static final Map<String, Integer> TIME_WAIT = Map.of("TIME_WAIT", 3);

    @ParameterizedTest
    @CsvSource({
        "outcome: failed",
        "cause: time_wait",
        "call: bind",
        "'outcome: failed, cause: time_wait, call: bind, residue: [TIME_WAIT], peers: [ESTABLISHED]'"
    })
    @DisplayName("When the bind failed as expected, then Pass, without a reason")
    void failedAsExpected(String expect) {
        is(judge(expect, failed()), Verdict.Pass, null);
    }

    @Test
    @DisplayName("When the bind succeeded as expected, then Pass, over what is left too")
    void boundAsExpected() {
        is(judge("outcome: bound", bound(null)), Verdict.Pass, null);
    }

    @Test
    @DisplayName("When another outcome was expected, then Fail, with both and the cause")
    void otherOutcome() {
        is(judge("outcome: bound", failed()), Verdict.Fail, "Expected: bound. Seen: failed, time_wait.");
        is(judge("outcome: failed", bound(null)), Verdict.Fail, "Expected: failed. Seen: bound.");
    }

    @Test
    @DisplayName("When another cause or call was expected, then Fail; when it is not known, then Inconclusive")
    void otherCause() {
        is(judge("cause: fin_wait2", failed()), Verdict.Fail, "Expected the cause fin_wait2. Seen: time_wait.");
        is(
                judge("cause: fin_wait2", failed("EADDRINUSE", Cause.unknown, "bind")),
                Verdict.Inconclusive,
                "Expected the cause fin_wait2, and the evidence does not say what the cause was.");
        is(judge("cause: unknown", failed("EADDRINUSE", Cause.unknown, "bind")), Verdict.Pass, null);
        is(judge("call: listen", failed()), Verdict.Fail, "Expected listen to fail. Seen: bind.");
        is(
                judge("call: listen", failed("EADDRINUSE", Cause.time_wait, null)),
                Verdict.Inconclusive,
                "Expected listen to fail, and the server did not say which call failed.");
    }

    @Test
    @DisplayName(
            "When the bind failed for another reason than the port being in use, then it shows nothing of the port")
    void otherErrno() {
        is(
                judge("outcome: failed", failed("EACCES", Cause.unknown, "bind")),
                Verdict.Inconclusive,
                "The bind failed with EACCES, and not because the port was in use.");
        is(
                judge("outcome: failed", failed(null, Cause.unknown, "bind")),
                Verdict.Inconclusive,
                "The bind failed with an errno that is not known, and not because the port was in use.");
        is(
                judge("outcome: bound", failed("EACCES", Cause.unknown, "bind")),
                Verdict.Fail,
                "Expected: bound. Seen: failed, unknown.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        residue: [FIN_WAIT_2]            | FIN_WAIT_2, and left 3 TIME_WAIT on the old server's side of the port
        residue: [LAST_ACK, FIN_WAIT_2]  | FIN_WAIT_2 and LAST_ACK, and left 3 TIME_WAIT on the old server's side of the port
        residue: [TIME_WAIT, CLOSE_WAIT] | CLOSE_WAIT, and left 3 TIME_WAIT on the old server's side of the port
        residue: []                      | nothing, and left 3 TIME_WAIT on the old server's side of the port
        peers: [CLOSE_WAIT]              | CLOSE_WAIT, and left 1 ESTABLISHED on the clients' side
        peers: []                        | nothing, and left 1 ESTABLISHED on the clients' side
        """)
    @DisplayName("When what was to be tested did not come up, then Inconclusive, whatever the outcome")
    void notProduced(String expect, String shortfall) {
        for (String outcome : new String[] {"failed", "bound"}) {
            is(
                    judge(
                            "outcome: " + outcome + ", " + (expect.startsWith("peers") ? "residue: [TIME_WAIT], " : "")
                                    + expect,
                            failed()),
                    Verdict.Inconclusive,
                    "The cycle was meant to leave " + shortfall + ".");
        }
    }

    @Test
    @DisplayName("When nothing came up at all, then that is said")
    void nothingProduced() {
        is(
                judge("outcome: bound, residue: [TIME_WAIT]", seen(Map.of(), Map.of(), null, null)),
                Verdict.Inconclusive,
                "The cycle was meant to leave TIME_WAIT, and left nothing on the old server's side of the port.");
    }

    @Test
    @DisplayName("When nothing may be left, then a listener is not counted: it is not left by a connection")
    void listenerIsNoResidue() {
        is(judge("residue: []", seen(Map.of("LISTEN", 1), Map.of(), null, null)), Verdict.Pass, null);
        is(judge("residue: [LISTEN]", seen(Map.of("LISTEN", 1), Map.of(), null, null)), Verdict.Pass, null);
    }

    @Test
    @DisplayName("When the sockets could not be read, then Inconclusive with the reason, where they matter")
    void unreadable() {
        Seen blind = seen(null, null, "inet_diag: EPERM", null);
        is(
                judge("residue: []", blind),
                Verdict.Inconclusive,
                "What was left on the old server's side of the port could not be read (inet_diag: EPERM), so it is"
                        + " not known whether the cycle tested what it was meant to test.");
        is(
                judge("peers: []", seen(TIME_WAIT, null, "inet_diag: EPERM", null)),
                Verdict.Inconclusive,
                "What was left on the clients' side could not be read (inet_diag: EPERM), so it is not known whether the"
                        + " cycle tested what it was meant to test.");
        // By close: kill nothing is known of what must be left.
        Expect open = expect("restart: {close: kill}");
        is(Judge.judge(open, null, blind), Verdict.Pass, null);
        assertThat(Judge.arranged(open, null, null)).isTrue();
        assertThat(Judge.arranged(expect("expect: {residue: []}"), null, null)).isFalse();
    }

    @Test
    @DisplayName("When binds may fail so many times, then the outcome of the first does not matter")
    void bindFailures() {
        is(judge("maxBindFailures: 2", retried(2, 60_100.0)), Verdict.Pass, null);
        is(judge("maxBindFailures: 0", bound(null)), Verdict.Pass, null);
        is(
                judge("maxBindFailures: 1", retried(2, 60_100.0)),
                Verdict.Fail,
                "2 binds failed, and at most 1 were allowed.");
        is(
                judge("maxBindFailures: 5", retried(3, null)),
                Verdict.Fail,
                "The new server was never bound: 3 binds failed.");
    }

    @Test
    @DisplayName("When a bind may fail for so long, then it is the time until the server is bound that counts")
    void boundWithin() {
        is(judge("boundWithin: 65s", retried(98, 60_100.0)), Verdict.Pass, null);
        is(judge("boundWithin: 65s", bound(null)), Verdict.Pass, null);
        is(
                judge("boundWithin: 60s", retried(98, 60_100.0)),
                Verdict.Fail,
                "The new server was bound 60.1 s after the first failed bind, and at most 60.0 s were allowed.");
        is(
                judge("boundWithin: 65s, maxBindFailures: 9", retried(10, 5_000.0)),
                Verdict.Fail,
                "10 binds failed, and at most 9 were allowed.");
        is(
                judge("boundWithin: 65s", retried(3, null)),
                Verdict.Fail,
                "The new server was never bound: 3 binds failed.");
    }

    @Test
    @DisplayName(
            "When the downtime has a limit, then it is the last that counts, and a downtime that nobody saw is no zero")
    void downtime() {
        String expect = "outcome: bound, maxDowntime: 1500ms";
        is(judge(expect, bound(1_500.0)), Verdict.Pass, null);
        is(
                judge(expect, bound(1_600.0)),
                Verdict.Fail,
                "Clients were without service for 1.6 s, and at most 1.5 s were allowed.");
        is(
                judge("maxDowntime: 20ms", bound(30.4)),
                Verdict.Fail,
                "Clients were without service for 30 ms, and at most 20 ms were allowed.");
        is(judge(expect, bound(null)), Verdict.Inconclusive, "No client measured the time without service.");
        is(judge(expect, failed()), Verdict.Fail, "Expected: bound. Seen: failed, time_wait.");
    }

    @Test
    @DisplayName("When another host's port was bound, then Inconclusive, whatever came of it")
    void elsewhere() {
        for (Seen seen : List.of(bound(null), failed(), retried(2, 60_100.0))) {
            for (String expect : List.of("outcome: bound", "outcome: failed, cause: time_wait", "maxBindFailures: 9")) {
                is(
                        Judge.judge(expect("expect: {" + expect + "}"), "It was elsewhere.", seen),
                        Verdict.Inconclusive,
                        "It was elsewhere.");
            }
        }
    }

    private static Judgement judge(String expect, Seen seen) {
        return Judge.judge(expect("expect: {" + expect + "}"), null, seen);
    }

    /** As the plan has it, defaults filled in. */
    private static Expect expect(String spec) {
        var plan = (Plan.Cycles) Planner.plan(Specs.experiment("{" + spec + "}"));
        return plan.pattern().getFirst().expect();
    }

    private static void is(Judgement judgement, Verdict verdict, @Nullable String reason) {
        assertThat(judgement).isEqualTo(new Judgement(verdict, reason));
    }

    private static Seen seen(
            @Nullable Map<String, Integer> residue,
            @Nullable Map<String, Integer> peers,
            @Nullable String unreadable,
            @Nullable Double downtimeMs) {
        return new Seen(residue, peers, unreadable, Outcome.bound, 0.0, null, null, null, 0, downtimeMs, null, null);
    }

    @Test
    @DisplayName(
            "When a server that has to serve is bound and does not, then the cycle fails, and what it does is said")
    void unserved() {
        var seen = new Seen(
                TIME_WAIT, Map.of(), null, Outcome.bound, 0.0, null, null, null, 0, null, "It did not serve.", null);

        Judge.Judgement judgement = Judge.judge(Expect.of(null, null, null), null, seen);

        assertThat(judgement.verdict()).isEqualTo(Verdict.Fail);
        assertThat(judgement.reason()).isEqualTo("It did not serve.");
    }

    @Test
    @DisplayName("When it is not known whether a server that is bound serves, then Inconclusive, with the reason")
    void untold() {
        var seen = new Seen(
                TIME_WAIT, Map.of(), null, Outcome.bound, 0.0, null, null, null, 0, null, null, "Nobody can tell.");

        is(Judge.judge(Expect.of(null, null, null), null, seen), Verdict.Inconclusive, "Nobody can tell.");
    }

    private static Seen bound(@Nullable Double downtimeMs) {
        return seen(TIME_WAIT, Map.of("ESTABLISHED", 1), null, downtimeMs);
    }

    private static Seen failed() {
        return failed("EADDRINUSE", Cause.time_wait, "bind");
    }

    private static Seen failed(@Nullable String errno, Cause cause, @Nullable String call) {
        return new Seen(
                TIME_WAIT,
                Map.of("ESTABLISHED", 1),
                null,
                Outcome.failed,
                null,
                errno,
                cause,
                call,
                1,
                null,
                null,
                null);
    }

    private static Seen retried(int failures, @Nullable Double boundAfterMs) {
        return new Seen(
                TIME_WAIT,
                Map.of(),
                null,
                Outcome.failed,
                boundAfterMs,
                "EADDRINUSE",
                Cause.time_wait,
                "bind",
                failures,
                null,
                null,
                null);
    }
}
