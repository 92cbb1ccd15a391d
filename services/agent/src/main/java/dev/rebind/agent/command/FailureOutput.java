package dev.rebind.agent.command;

import dev.rebind.agent.command.BindMessages.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a run has written of failures, however much it writes beside: each line is read once, as it comes. For one thread.
 */
final class FailureOutput {
    /** In bytes. A look at a run that writes very much does not wait for more. */
    private static final int AT_ONCE = 1 << 20;

    private static final int CHUNK = 1 << 16;

    private final Output output;
    private final int port;
    private final Optional<String> awaited;
    private final LastFailures failures = new LastFailures();
    /** How much of the output has been read, whole lines. */
    private long read;

    private boolean hasAwaited;

    /** @param awaited a text without a line break that is looked for */
    FailureOutput(Output output, CommandRun run, Optional<String> awaited) {
        this.output = output;
        this.port = run.place().port();
        this.awaited = awaited;
        this.read = run.outputFrom();
    }

    /** Reads what is new. Returns what that says of a failure, in the light of all that was said before. */
    Optional<Failure> hear() {
        return hear(AT_ONCE, false);
    }

    /** What all says that has been written until now, a last line without its end included. */
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
                // The rest of a line is read again: what it names an errno for may come behind it.
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

    /** Up to the last line break; all of a chunk that has none. */
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

    /** Whether it says anything of a failure. */
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
