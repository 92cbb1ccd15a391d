package dev.rebind.engine;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.lab.CellRun;
import dev.rebind.child.Moment;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.experiment.restart.Close;
import dev.rebind.plan.PlannedCell;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecordBuilder;
import dev.rebind.record.Sentence;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.CellSetup;
import dev.rebind.record.bind.Expected;
import dev.rebind.record.bind.Reuse;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.bind.Flag;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the record of one cell: a pair of bare sockets, without a server. */
final class CellRecorder {
    private final String experiment;
    private final PlannedCell plan;
    private final int port;
    private final Moment began;

    CellRecorder(String experiment, PlannedCell plan, int port, Moment began) {
        this.experiment = experiment;
        this.plan = plan;
        this.port = port;
        this.began = began;
    }

    CycleRecord record(CellRun run) {
        return switch (run) {
            case CellRun.NotRun notRun -> record(null, Verdict.Error, List.of(notRun.why() + "."));
            case CellRun.WaitedInVain vain -> record(null, Verdict.Inconclusive, List.of(vain.why() + "."));
            case CellRun.Ran ran -> record(ran, verdict(ran), explanation(ran));
        };
    }

    private static Outcome outcome(CellRun.Ran ran) {
        return ran.start() instanceof Start.Bound ? Outcome.bound : Outcome.failed;
    }

    private static @Nullable String call(CellRun.Ran ran) {
        return ran.start() instanceof Start.Failed failed ? failed.call() : null;
    }

    /** Compares the outcome with the kernel's rule, and with the user's expectation if there is one. */
    private Verdict verdict(CellRun.Ran ran) {
        if (ran.shortfall() != null || ran.expected().passes() == Flag.UNKNOWN) {
            return Verdict.Inconclusive;
        }
        return againstTheRule(ran) && againstTheUser(ran) ? Verdict.Pass : Verdict.Fail;
    }

    private static boolean againstTheRule(CellRun.Ran ran) {
        return switch (ran.expected().passes()) {
            case ON -> outcome(ran) == Outcome.bound;
            case OFF ->
                ran.start() instanceof Start.Failed failed
                        && failed.addressInUse()
                        && java.util.Objects.equals(
                                failed.call(), ran.expected().call());
            case UNKNOWN -> false;
        };
    }

    private boolean againstTheUser(CellRun.Ran ran) {
        Expect expect = plan.expect();
        if (expect == null) {
            return true;
        }
        boolean outcome = expect.outcome() == null || expect.outcome() == outcome(ran);
        boolean call = expect.call() == null || expect.call().name().equals(call(ran));
        boolean cause = expect.cause() == null
                || (ran.explanation() != null && ran.explanation().cause() == expect.cause());
        return outcome && call && cause;
    }

    private List<String> explanation(CellRun.Ran ran) {
        var sentences = new ArrayList<String>();
        sentences.add(
                switch (ran.start()) {
                    case Start.Bound _ ->
                        "The new socket bound " + plan.fresh().address() + " and listened, with " + residueText(ran)
                                + " of a socket on " + plan.old().address() + ".";
                    case Start.Failed failed ->
                        (failed.call() == null ? "A call" : failed.call()) + " on "
                                + plan.fresh().address()
                                + " failed with " + (failed.errno() == null ? failed.message() : failed.errno())
                                + ": " + residueText(ran) + " of a socket on "
                                + plan.old().address()
                                + " stood in the way.";
                    case Start.Broken broken -> "The new socket could not be made: " + broken.why() + ".";
                });
        sentences.add("By the kernel's rule it "
                + switch (ran.expected().passes()) {
                    case ON -> "binds and listens.";
                    case OFF -> "fails at " + ran.expected().call() + ".";
                    case UNKNOWN -> "is not known what must happen.";
                });
        if (ran.shortfall() != null) {
            sentences.add("The cell is not about what was there: " + ran.shortfall() + ".");
        }
        if (plan.expect() != null && verdict(ran) == Verdict.Fail && !againstTheUser(ran)) {
            sentences.add("The experiment expected " + plan.expect().outcome()
                    + (plan.expect().call() == null
                            ? ""
                            : " at " + plan.expect().call()) + ".");
        }
        return sentences;
    }

    private String residueText(CellRun.Ran ran) {
        Map<String, Integer> counts = counts(ran);
        return counts == null || counts.isEmpty()
                ? (plan.old().residue() == Residue.BOUND ? "the bound socket" : "nothing left")
                : Phrases.counts(counts);
    }

    private static @Nullable Map<String, Integer> counts(CellRun.Ran ran) {
        return StateCounts.of(ran.residue().local());
    }

    private CycleRecord record(CellRun.@Nullable Ran ran, Verdict verdict, List<String> explanation) {
        Start.Failed failed = ran != null && ran.start() instanceof Start.Failed one ? one : null;
        Start.Bound bound = ran != null && ran.start() instanceof Start.Bound one ? one : null;
        Explanation why = ran == null ? null : ran.explanation();
        Map<String, Integer> peers =
                ran == null ? null : StateCounts.of(ran.residue().remote());
        return new CycleRecordBuilder(experiment, plan.number())
                .name(plan.name())
                .place("local", plan.fresh().address(), port)
                .way("bare", closedBy())
                .cell(new CellSetup(
                        plan.old().address(),
                        plan.old().residue(),
                        plan.truth() == null ? null : plan.truth().relation(),
                        plan.truth() == null ? null : plan.truth().stack(),
                        plan.old().reusePort() || plan.fresh().reusePort()
                                ? new Reuse(plan.old().reusePort(), plan.fresh().reusePort())
                                : null))
                .reuse(new Reuse(plan.old().reuseAddress(), plan.fresh().reuseAddress()))
                .left(ran == null ? null : counts(ran), peers)
                .unreadable(ran != null && ran.residue().local() instanceof Reading.Unreadable none ? none.why() : null)
                .outcome(ran == null ? null : outcome(ran))
                .failure(
                        failed == null ? null : failed.errno(),
                        failed == null ? null : failed.errnoNumber(),
                        failed == null ? null : failed.call())
                .cause(failed == null || why == null ? null : why.cause())
                .blocking(why == null ? null : BlockingSockets.of(why))
                .release(
                        failed == null || why == null
                                ? null
                                : BlockingSockets.release(why.release(), failed.atNanos(), null, null))
                .bindFailures(failed == null ? (bound == null ? null : 0) : Integer.valueOf(1))
                .expected(ran == null ? null : expected(ran))
                .stoppedAt(began.at())
                .failedAt(failed == null ? null : failed.at())
                .boundAt(bound == null ? null : bound.at())
                .prevention(why == null ? null : why.prevention())
                .remedies(BlockingSockets.remedies(why))
                .build(verdict, Sentence.of(explanation));
    }

    private static @Nullable Expected expected(CellRun.Ran ran) {
        return switch (ran.expected().passes()) {
            case ON -> new Expected(Outcome.bound, null);
            case OFF -> new Expected(Outcome.failed, ran.expected().call());
            case UNKNOWN -> null;
        };
    }

    /** Which end closed the connection that left the residue. */
    private String closedBy() {
        return switch (plan.old().residue()) {
            case none, BOUND, LISTEN, ESTABLISHED -> Close.none.name();
            case CLOSE_WAIT -> Close.client.name();
            case FIN_WAIT_2, TIME_WAIT -> Close.server.name();
        };
    }
}
