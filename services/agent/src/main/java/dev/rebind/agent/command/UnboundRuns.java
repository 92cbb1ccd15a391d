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

/** What is known of runs that did not come to listen, by what they say and by what is on the port. For one thread. */
final class UnboundRuns {
    private final GenerationWatch watch;
    private final CommandRuns runs;
    private final StartWait starts;
    private final Output output;

    /** What the server asks the kernel for, as the socket of the last run that listened showed it. */
    private Optional<Question> asks;
    /** Of the run that was told to stop last. */
    private OldSockets old = OldSockets.NONE;
    /** The run whose failure was told last; null before the first. */
    private @Nullable UnboundRun told;

    /** @param asks as known from before */
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

    /** The run that is bound is about to be told to stop. */
    void stopping(OldSockets its) {
        old = its;
    }

    Optional<Question> asks() {
        return asks;
    }

    /**
     * What a new run asked for: what the one before it had. Before the first it is every address, and options are not known: without
     * them where the run says that its bind has failed; where it does not, with those with which the least is refused.
     */
    Question question(GenerationSettings settings, boolean says) {
        int port = settings.place().port();
        return asks.filter(known -> known.port() == port)
                .orElse(Question.everywhere(port).with(!says, !says));
    }

    /**
     * The newest run, with what it says until now. An errno of which it does not say what it is for counts as one of its port where a
     * bind of it, as this server makes it, meets what gives that errno.
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

    /** What was refused when the run said so may bind by now. */
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

    /** Why the failure that was told last has come about. */
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
