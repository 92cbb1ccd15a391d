package dev.rebind.agent.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Facts about a restart that only the caller that runs a command knows.
 *
 * @param old the listeners of the generation that was stopped, first the one that the clients reach; empty where there was no old
 *     generation
 * @param fresh the listeners of the new generation, once it is bound
 * @param exitCode how the main process of the old generation ended: its exit code, or 128 plus the number of the signal that ended it
 * @param leftBehind processes of the old generation that were still there a second after its main process had ended
 * @param startNanos from the start of the new generation until it listened; empty where it does not listen
 * @param before what the old generation showed right before its stop
 * @param words the last lines of the new generation's output, where its bind failed or it did not start
 * @param output the file with all of its output
 */
public record CommandReport(
        List<Listening> old,
        List<Listening> fresh,
        OptionalInt exitCode,
        List<LeftBehind> leftBehind,
        OptionalLong startNanos,
        BeforeStop before,
        List<String> words,
        Path output) {
    /** The highest signal number of Linux. A program may also exit by itself with a code above 128. */
    private static final int SIGNALS = 64;

    public CommandReport {
        old = List.copyOf(old);
        fresh = List.copyOf(fresh);
        leftBehind = List.copyOf(leftBehind);
        words = List.copyOf(words);
    }

    static CommandReport nothing(Path output) {
        return new CommandReport(
                List.of(),
                List.of(),
                OptionalInt.empty(),
                List.of(),
                OptionalLong.empty(),
                BeforeStop.NOTHING,
                List.of(),
                output);
    }

    /** Returns the report for a restart that begins: its old generation is told to stop. */
    CommandReport stopping(List<Listening> its) {
        return new CommandReport(
                its, List.of(), OptionalInt.empty(), List.of(), OptionalLong.empty(), before, List.of(), output);
    }

    /** Returns the report for a restart whose new generation is bound before the old one is told to stop. */
    CommandReport stoppingBeside(List<Listening> its) {
        return new CommandReport(its, fresh, OptionalInt.empty(), List.of(), startNanos, before, List.of(), output);
    }

    CommandReport stopped(OptionalInt code, List<LeftBehind> left) {
        return new CommandReport(old, fresh, code, left, startNanos, before, words, output);
    }

    CommandReport starting() {
        return new CommandReport(old, List.of(), exitCode, leftBehind, OptionalLong.empty(), before, words, output);
    }

    CommandReport bound(List<Listening> its, long took) {
        return new CommandReport(old, its, exitCode, leftBehind, OptionalLong.of(took), before, words, output);
    }

    CommandReport with(List<String> lines) {
        return new CommandReport(old, fresh, exitCode, leftBehind, startNanos, before, lines, output);
    }

    CommandReport with(BeforeStop its) {
        return new CommandReport(old, fresh, exitCode, leftBehind, startNanos, its, words, output);
    }

    /** Describes an {@link #exitCode} in words: {@code exit code 1} or {@code signal 9}. */
    public static String ending(int exitCode) {
        return exitCode > 128 && exitCode <= 128 + SIGNALS ? "signal " + (exitCode - 128) : "exit code " + exitCode;
    }

    /**
     * A listener, as its socket shows it.
     *
     * @param local its address and port
     * @param reuseAddress SO_REUSEADDR; empty where it could not be read
     * @param reusePort SO_REUSEPORT; empty where it could not be read
     * @param inheritable whether programs that the server starts inherit the listener; empty where not known
     * @param holders the number of processes that have it
     */
    public record Listening(
            String local,
            Optional<Boolean> reuseAddress,
            Optional<Boolean> reusePort,
            Optional<Boolean> inheritable,
            int holders) {}

    /** @param listens whether the process has the listener of the port */
    public record LeftBehind(long pid, String name, boolean listens) {}
}
