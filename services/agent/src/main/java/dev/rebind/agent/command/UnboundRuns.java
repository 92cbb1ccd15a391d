package dev.rebind.agent.command;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.GenerationWatch;
import dev.rebind.agent.command.BindMessages.Failure;
import dev.rebind.child.Moment;
import dev.rebind.diagnosis.Question;
import dev.rebind.sockets.posix.Errno;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Explains runs that did not listen, from what they write and what is on the port. For one thread. */
final class UnboundRuns {
    private final GenerationWatch watch;
    private final CommandRuns runs;
    private final StartWait starts;
    private final Output output;

    /** What the server asks the kernel for, as the socket of the last run that listened showed it. */
    private Optional<Question> asks;
    /** The sockets of the run that was told to stop last. */
    private OldSockets old = OldSockets.NONE;
    /** The run whose failure was reported last; null before the first. */
    private @Nullable UnboundRun told;

    /** @param asks what the server asks the kernel for, if an earlier agent has learned it */
    UnboundRuns(GenerationWatch watch, CommandRuns runs, StartWait starts, Output output, Optional<Question> asks) {
        this.watch = watch;
        this.runs = runs;
        this.starts = starts;
        this.output = output;
        this.asks = asks;
    }

    void listens(CommandRun.Bound bound) {
        asks = Optional.of(bound.again());
    }

    /** Remembers the sockets of the bound run, which is about to be told to stop. */
    void stopping(OldSockets its) {
        old = its;
    }

    Optional<Question> asks() {
        return asks;
    }

    /**
     * Returns what a new run asked the kernel for: the same as the previous run. Before the first run the address is assumed to be the
     * wildcard, and the options are unknown. If the run says that its bind has failed, they are assumed to be off; otherwise those options
     * are assumed with which the fewest binds fail.
     */
    Question question(GenerationSettings settings, boolean says) {
        int port = settings.place().port();
        return asks.filter(known -> known.port() == port)
                .orElse(Question.everywhere(port).with(!says, !says));
    }

    /**
     * Describes the newest run with its output until now. An errno that the run does not attribute to anything counts as about its port if
     * a bind there, as this server makes it, would fail with this errno.
     */
    UnboundRun now(GenerationSettings settings, CommandRun run) {
        Optional<Failure> said = starts.said();
        Optional<String> errno = said.filter(failure -> switch (failure.about()) {
                    case THIS_PORT -> true;
                    case NOT_TOLD -> watch.isRefused(question(settings, true), Errno.valueOf(failure.errno()));
                    case SOMETHING_ELSE -> false;
                })
                .map(Failure::errno)
                .or(() -> counted(run));
        return new UnboundRun(run, output.lastSince(run.outputFrom()), said, errno, false);
    }

    /** Keeps an errno that was counted before, because the port may be free by now. */
    private Optional<String> counted(CommandRun run) {
        return Optional.ofNullable(told)
                .filter(before -> before.run().equals(run))
                .flatMap(UnboundRun::errno);
    }

    Start.Failed failed(GenerationSettings settings, UnboundRun run, String message) {
        told = run;
        return failed(settings, run.errno().orElse(null), message);
    }

    static Start.Failed failed(GenerationSettings settings, @Nullable String errno, String message) {
        Moment now = Moment.now();
        return new Start.Failed(
                settings.generation(),
                settings,
                errno,
                errno == null ? null : Errno.valueOf(errno).number(),
                null,
                message,
                now.at(),
                now.nanos());
    }

    /** Explains the failure that was reported last. */
    ExplainedFailure explain(Start.Failed failed) {
        Question question = question(failed.settings(), failed.errno() != null);
        Optional<UnboundRun> run = Optional.ofNullable(told);
        Optional<Failure> said = run.flatMap(UnboundRun::failure);
        boolean listened = run.filter(UnboundRun::listened).isPresent();
        boolean over = run.filter(one -> runs.exit(one.run()).isPresent()).isPresent();
        Optional<Question> elsewhere = failed.errno() == null
                ? old.others().stream().filter(watch::isBlocked).findFirst()
                : Optional.empty();
        return watch.explain(
                failed,
                look -> new CommandExplainer(
                                look, failed, said, listened, over, question, elsewhere, old.connectionsWithout())
                        .explain());
    }
}
