package dev.rebind.agent.command;

import dev.rebind.child.Moment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Waits until it is known what comes of a run: it listens, it ends, it says that its bind has failed, or it is silent. */
final class StartWait {
    /** A server that listens and ends within this has not come to stay: a bind may follow a listen on another address. */
    private static final Duration STEADY = Duration.ofMillis(300);

    /** The same of a restart, where the former run may stand in the way of a later bind, on whichever port. */
    private static final Duration STEADY_AGAIN = Duration.ofSeconds(1);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private static final int LOOKS = 5;

    private final ServerCommand command;
    private final CommandRuns runs;
    private final Output output;
    private final ListenerLook look;
    /** How much of the output of the newest run has been read for a failed bind. */
    private long heard;
    /** An errno that the newest run has named without a port, while nothing blocked its own. */
    private Optional<String> doubted = Optional.empty();

    StartWait(ServerCommand command, CommandRuns runs, Output output, ListenerLook look) {
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
        record Complains(String errno) implements Came {}

        /** It goes on without a word, while something blocks its port. */
        record HeldUp() implements Came {}

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
        heard = run.outputFrom();
        doubted = Optional.empty();
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
            Optional<String> said = complaint(run, known);
            if (said.isPresent()) {
                return new Came.Complains(said.get());
            }
            // What blocks the port may be the run's own listener, which came since the look above.
            if (known.isLate(run) && known.isBlocked(run) && !isOnPort(run)) {
                return new Came.HeldUp();
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
            case ListenerLook.Answer.Nowhere _, ListenerLook.Answer.Unreadable _ -> false;
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
        while (!Readinesses.holds(command.readiness(), () -> output.since(run.outputFrom()))) {
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

    /**
     * An errno in what has been written since the last time. One that is named without a port may be of another listener of the
     * program, which goes on without it: it counts where the port is blocked, or the run does not come to listen.
     */
    private Optional<String> complaint(CommandRun run, Circumstances known) {
        int port = run.place().port();
        String fresh = fresh();
        Optional<String> errno = ServerWords.errno(fresh).isPresent()
                ? ServerWords.errno(output.since(run.outputFrom()), port)
                : Optional.empty();
        if (errno.isPresent() && !ServerWords.names(fresh, port) && !known.isBlocked(run)) {
            doubted = errno;
            errno = Optional.empty();
        }
        if (errno.isEmpty() && doubted.isPresent() && known.isLate(run)) {
            errno = doubted;
        }
        if (errno.isPresent()) {
            doubted = Optional.empty();
        }
        return errno;
    }

    /** The whole lines that have been written since the last time. */
    private String fresh() {
        long length = output.length();
        if (length <= heard) {
            return "";
        }
        String fresh = output.since(heard);
        // A line that is not whole yet is read again.
        int end = fresh.lastIndexOf('\n');
        if (end < 0) {
            return "";
        }
        heard = length - fresh.substring(end + 1).getBytes(StandardCharsets.UTF_8).length;
        return fresh.substring(0, end);
    }
}
