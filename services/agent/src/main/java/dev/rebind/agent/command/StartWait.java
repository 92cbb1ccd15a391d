package dev.rebind.agent.command;

import dev.rebind.child.Moment;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Waits until the result of a run is known: the run listens, ends, writes that its bind has failed, or stays silent. */
final class StartWait {
    /**
     * How long a server must listen before it counts as started. It may bind another address after its first listen, and end when that
     * fails.
     */
    private static final Duration STEADY = Duration.ofMillis(300);

    /** How long a server must listen after a restart. The previous run may block a later bind, on any port. */
    private static final Duration STEADY_AGAIN = Duration.ofSeconds(1);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private static final int LOOKS = 5;

    private final CommandSettings command;
    private final CommandRuns runs;
    private final Output output;
    private final ListenerLook look;
    /** The output of the newest run; null before the first. */
    private @Nullable FailureOutput failures;
    /** Whether the newest run has named an errno without a port, while nothing blocked its own port. */
    private boolean doubted;

    StartWait(CommandSettings command, CommandRuns runs, Output output, ListenerLook look) {
        this.command = command;
        this.runs = runs;
        this.output = output;
        this.look = look;
    }

    sealed interface Came {
        /** The run listens where it should, and is ready. */
        record Listens(Moment at) implements Came {}

        /**
         * The main process has ended before the run was ready.
         *
         * @param listened whether the run was seen to listen where it should, so that its bind succeeded
         */
        record Ended(int exitCode, boolean listened) implements Came {}

        /** The run goes on, and has written that its bind has failed. */
        record Complains() implements Came {}

        /** The run goes on and writes nothing about its port, while something blocks the port. */
        record HeldUp(ListenerLook.Answer listens) implements Came {}

        /** The run goes on, and its start timeout is over. */
        record Silent(ListenerLook.Answer listens) implements Came {}
    }

    /** What is known of the port of a run, and of earlier runs. */
    interface Circumstances {
        /** Whether something on the port must make the run's bind fail. Looks at the port. */
        boolean isBlocked(CommandRun run);

        /** Whether the run takes clearly longer than runs that were bound. */
        boolean isLate(CommandRun run);
    }

    /** Begins to read the output of a run that has been started. */
    void begin(CommandRun run) {
        failures = new FailureOutput(output, run, Readinesses.text(command.readiness()));
        doubted = false;
    }

    /** Returns the failure that the current run has reported until now. */
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
            // The run may have started to listen since the look above. Its own listener would then be what blocks the
            // port.
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
     * Whether no process of the run is left. The process list is not a snapshot of one moment: it may miss a process whose parent ends
     * meanwhile, as in a daemon. It does not miss the same process several times.
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

    /** Whether the run becomes ready and stays so. Waits until the deadline, or until the run has ended. */
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
     * Whether the new output says that the run's bind has failed. An errno without a port may belong to another listener, without which the
     * program goes on. It counts only where the port is blocked or the run does not listen.
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
