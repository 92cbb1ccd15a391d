package dev.rebind.agent.command;

import dev.rebind.agent.command.BindMessages.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads what a run writes about failures. Reads each line only once, when it is written, so that it can follow a run with much output. For
 * one thread.
 */
final class FailureOutput {
    /** The number of bytes that one look reads at most, so that it does not wait for a run that writes very much. */
    private static final int AT_ONCE = 1 << 20;

    private static final int CHUNK = 1 << 16;

    private final Output output;
    private final int port;
    private final Optional<String> awaited;
    private final LastFailures failures = new LastFailures();
    /** The number of bytes that have been read, up to the end of a whole line. */
    private long read;

    private boolean hasAwaited;

    /** @param awaited a text without a line break to look for */
    FailureOutput(Output output, CommandRun run, Optional<String> awaited) {
        this.output = output;
        this.port = run.place().port();
        this.awaited = awaited;
        this.read = run.outputFrom();
    }

    /** Reads the new output. If it reports a failure, returns the decisive failure of all output so far. */
    Optional<Failure> hear() {
        return hear(AT_ONCE, false);
    }

    /** Reads all output until now, including a last line without its end, and returns the decisive failure. */
    Optional<Failure> all() {
        var _ = hear(Long.MAX_VALUE, true);
        return failures.decisive();
    }

    /** Whether the awaited text has been read. */
    boolean hasAwaited() {
        return hasAwaited;
    }

    private Optional<Failure> hear(long atMost, boolean toTheEnd) {
        boolean fresh = false;
        long until = read + Math.min(atMost, Long.MAX_VALUE - read);
        while (read < until) {
            read = output.kept(read);
            byte[] bytes = output.from(read, CHUNK);
            int whole = wholeLines(bytes);
            if (whole == 0) {
                // An incomplete line is read again later, because the words that say what its errno is about may still
                // follow.
                if (toTheEnd) {
                    fresh |= take(bytes, bytes.length);
                } else {
                    lookFor(text(bytes, bytes.length));
                }
                break;
            }
            fresh |= take(bytes, whole);
            read += whole;
        }
        return fresh ? failures.decisive() : Optional.empty();
    }

    /** Returns the length up to the last line break, or of the whole chunk where a full chunk has no line break. */
    private static int wholeLines(byte[] bytes) {
        for (int end = bytes.length; end > 0; end--) {
            if (bytes[end - 1] == '\n') {
                return end;
            }
        }
        return bytes.length == CHUNK ? CHUNK : 0;
    }

    private static String text(byte[] bytes, int length) {
        return new String(Arrays.copyOf(bytes, length), StandardCharsets.UTF_8);
    }

    private void lookFor(String text) {
        hasAwaited |= awaited.filter(text::contains).isPresent();
    }

    /** Reads the text for failures. Returns whether it may report one. */
    private boolean take(byte[] bytes, int length) {
        String text = text(bytes, length);
        lookFor(text);
        if (!BindMessages.mayName(text)) {
            return false;
        }
        BindMessages.failures(text, port).forEach(failures::add);
        return true;
    }
}
