package dev.rebind.agent.command;

import dev.rebind.child.Moment;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Waits until it is known what comes of a run: it listens, it ends, it says that its bind has failed, or it is silent. */
final class StartWait {
    /** A server that listens and ends within this has not come to stay: a bind may follow a listen on another address. */
    private static final Duration STEADY = Duration.ofMillis(300);

    /** The same of a restart, where the former run may stand in the way of a later bind, on whichever port. */
    private static final Duration STEADY_AGAIN = Duration.ofSeconds(1);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private static final int LOOKS = 5;

    private final CommandSettings command;
    private final CommandRuns runs;
    private final Output output;
    private final ListenerLook look;
    /** What the newest run has written; null before the first. */
    private @Nullable FailureOutput failures;
    /** Whether the newest run has named an errno without a port, while nothing blocked its own. */
    private boolean doubted;

    StartWait(CommandSettings command, CommandRuns runs, Output output, ListenerLook look) {
        this.command = command;
        this.runs = runs;
        this.output = output;
        this.look = look;
    }

    sealed interface Came {
        /** It listens where it should, and is ready. */
        record Listens(Moment at) implements Came {}

        /**
         * Its main process has ended before that, in this way.
         *
         * @param listened whether it was seen to listen where it should: its bind has passed then
         */
        record Ended(int exitCode, boolean listened) implements Came {}

        /** It goes on, and has written that its bind has failed. */
        record Complains() implements Came {}

        /** It goes on without a word of its port, while something blocks that. */
        record HeldUp(ListenerLook.Answer listens) implements Came {}

        /** It goes on, and its time is over. */
        record Silent(ListenerLook.Answer listens) implements Came {}
    }

    /** What is known of the port of a run, and of the runs before it. */
    interface Circumstances {
        /** Whether something on the port must make its bind fail. Looks at the port. */
        boolean isBlocked(CommandRun run);

        /** Whether it takes clearly longer than runs that were bound. */
        boolean isLate(CommandRun run);
    }

    /** A run has been started: what it writes is read from here on. */
    void begin(CommandRun run) {
        failures = new FailureOutput(output, run, Readinesses.text(command.readiness()));
        doubted = false;
    }

    /** What a run that has begun has said of a failure until now. */
    Optional<BindMessages.Failure> said() {
        return failures().all();
    }

    private FailureOutput failures() {
        return Objects.requireNonNull(failures, "no run has begun");
    }

    Came await(CommandRun run, Circumstances known) throws InterruptedException {
        long deadline = System.nanoTime() + command.startTimeout().toNanos();
        boolean listened = false;
        while (true) {
            List<ProcessHandle> own = runs.of(run);
            ListenerLook.Answer listens = look.at(run.place(), own);
            Moment now = Moment.now();
            if (listens instanceof ListenerLook.Answer.Here) {
                if (isReady(run, deadline)) {
                    return new Came.Listens(now);
                }
                listened = true;
            }
            OptionalInt exit = runs.exit(run);
            if (exit.isPresent() && (exit.getAsInt() != 0 || isGone(run))) {
                return new Came.Ended(exit.getAsInt(), listened);
            }
            if (complains(run, known)) {
                return new Came.Complains();
            }
            // What blocks the port may be the run's own listener, which came since the look above.
            if (known.isLate(run) && known.isBlocked(run) && !isOnPort(run)) {
                return new Came.HeldUp(listens);
            }
            if (System.nanoTime() >= deadline) {
                return new Came.Silent(listens);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private boolean isOnPort(CommandRun run) {
        return switch (look.at(run.place(), runs.of(run))) {
            case ListenerLook.Answer.Here _ -> true;
            case ListenerLook.Answer.Elsewhere elsewhere ->
                elsewhere.others().stream()
                        .anyMatch(socket -> socket.local().port() == run.place().port());
            case ListenerLook.Answer.Nowhere _, ListenerLook.Answer.OtherNetwork _, ListenerLook.Answer.Unreadable _ ->
                false;
        };
    }

    /**
     * Whether no process of it is left. The list of processes is not of one moment: one whose parent ends meanwhile, as those of a
     * daemon do, may be missing from it, but not time and again.
     */
    private boolean isGone(CommandRun run) throws InterruptedException {
        for (int looks = 0; looks < LOOKS; looks++) {
            if (!runs.of(run).isEmpty()) {
                return false;
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        return true;
    }

    /** Whether it is ready, and stays: waited for until the deadline, or until it has ended. */
    private boolean isReady(CommandRun run, long deadline) throws InterruptedException {
        while (!Readinesses.holds(command.readiness(), this::hasWritten)) {
            if (System.nanoTime() >= deadline || runs.isOver(run)) {
                return false;
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        return isSteady(run);
    }

    private boolean isSteady(CommandRun run) throws InterruptedException {
        long until = System.nanoTime() + (run.generation() == 1 ? STEADY : STEADY_AGAIN).toNanos();
        while (System.nanoTime() < until && runs.exit(run).orElse(0) == 0) {
            Thread.sleep(BETWEEN_LOOKS);
        }
        return look.at(run.place(), runs.of(run)) instanceof ListenerLook.Answer.Here;
    }

    private boolean hasWritten() {
        var _ = failures().hear();
        return failures().hasAwaited();
    }

    /**
     * Whether what has been written since the last time tells that its bind has failed. An errno that is named without a port may be
     * of another listener of the program, which goes on without it: it counts where the port is blocked, or the run does not come to
     * listen.
     */
    private boolean complains(CommandRun run, Circumstances known) {
        Optional<BindMessages.Failure> fresh = failures().hear();
        boolean counts = fresh.isPresent()
                && switch (fresh.get().about()) {
                    case THIS_PORT -> true;
                    case NOT_TOLD -> {
                        doubted = true;
                        yield known.isBlocked(run);
                    }
                    case SOMETHING_ELSE -> false;
                };
        if (counts || (doubted && known.isLate(run))) {
            doubted = false;
            return true;
        }
        return false;
    }
}
