package dev.rebind.agent.command;

import dev.rebind.child.Moment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/** Waits until it is known what comes of a run: it listens, it ends, it says that its bind has failed, or it is silent. */
final class StartWait {
    /** A server that listens and ends within this has not come to stay: a bind may follow a listen on another address. */
    private static final Duration STEADY = Duration.ofMillis(300);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private static final int LOOKS = 5;

    private final ServerCommand command;
    private final CommandRuns runs;
    private final Output output;
    private final ListenerLook look;
    /** How much of the output of the newest run has been read for a failed bind. */
    private long heard;

    StartWait(ServerCommand command, CommandRuns runs, Output output, ListenerLook look) {
        this.command = command;
        this.runs = runs;
        this.output = output;
        this.look = look;
    }

    sealed interface Came {
        /** It listens where it should, and is ready. */
        record Listens(Moment at) implements Came {}

        /** Its main process has ended before that, in this way. */
        record Ended(int exitCode) implements Came {}

        /** It goes on, and has written that its bind has failed. */
        record Complains(String errno) implements Came {}

        /** It goes on without a word, while something blocks its port. */
        record HeldUp() implements Came {}

        /** It goes on, and its time is over. */
        record Silent(ListenerLook.Answer listens) implements Came {}
    }

    /** A run has been started: what it writes is read from here on. */
    void begin(CommandRun run) {
        heard = run.outputFrom();
    }

    /** @param heldUp whether a run that is silent waits for its port, as it seems */
    Came await(CommandRun run, Predicate<CommandRun> heldUp) throws InterruptedException {
        long deadline = System.nanoTime() + command.startTimeout().toNanos();
        while (true) {
            List<ProcessHandle> own = runs.of(run);
            ListenerLook.Answer listens = look.at(run.place(), own);
            Moment now = Moment.now();
            if (listens instanceof ListenerLook.Answer.Here && isReady(run, deadline)) {
                return new Came.Listens(now);
            }
            OptionalInt exit = runs.exit(run);
            if (exit.isPresent() && (exit.getAsInt() != 0 || isGone(run))) {
                return new Came.Ended(exit.getAsInt());
            }
            Optional<String> said = complaint();
            if (said.isPresent()) {
                return new Came.Complains(said.get());
            }
            // What blocks the port may be the run's own listener, which came since the look above.
            if (heldUp.test(run) && !isOnPort(run)) {
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
        Thread.sleep(STEADY);
        return look.at(run.place(), runs.of(run)) instanceof ListenerLook.Answer.Here;
    }

    /** An errno in what has been written since the last time. */
    private Optional<String> complaint() {
        long length = output.length();
        if (length <= heard) {
            return Optional.empty();
        }
        String fresh = output.since(heard);
        // A line that is not whole yet is read again.
        int end = fresh.lastIndexOf('\n');
        if (end < 0) {
            return Optional.empty();
        }
        heard = length - fresh.substring(end + 1).getBytes(StandardCharsets.UTF_8).length;
        return ServerWords.errno(fresh.substring(0, end));
    }
}
