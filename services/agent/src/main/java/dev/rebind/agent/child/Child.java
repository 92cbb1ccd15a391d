package dev.rebind.agent.child;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A process that this one started. It holds the other end of the child's standard input, whose end tells the child that
 * its parent is gone, even by SIGKILL. Safe for several threads.
 */
public final class Child {
    private static final int LAST_WORDS = 8;
    /** A line of a stack trace. The lines before it say what went wrong, and eight lines hold no trace. */
    private static final Pattern FRAME =
            Pattern.compile("\\s+(at .+\\(.*\\)|\\.\\.\\. \\d+ (more|common frames omitted))");
    /** A report of 10,000 connections with 150 groups of failures takes less than half of it. */
    private static final int LONGEST_LINE = 1 << 18;

    /** A loaded machine may leave a reading thread without a processor for more than a second. */
    private static final Duration READING_TO_THE_END = Duration.ofSeconds(10);

    private final Process process;
    private final OutputStream orders;
    private final ArrayDeque<String> lastWords = new ArrayDeque<>();
    private final CountDownLatch silent = new CountDownLatch(2);

    Child(Process process, Consumer<String> onLine) {
        this.process = process;
        this.orders = process.getOutputStream();
        follow("out", process.getInputStream(), onLine);
        follow("err", process.getErrorStream(), this::remember);
    }

    /** A platform thread: reading a pipe holds a virtual thread's carrier, and of those there are few. */
    private void follow(String name, InputStream stream, Consumer<String> onLine) {
        Thread.ofPlatform().daemon().name("child-" + process.pid() + "-" + name).start(() -> {
            try (stream) {
                Lines.read(stream, LONGEST_LINE, onLine);
            } catch (IOException e) {
                // The pipe is gone with the child: that is its end, and its exit code says more.
                remember("(reading its standard " + name + " failed: " + e.getMessage() + ")");
            } finally {
                silent.countDown();
            }
        });
    }

    private void remember(String line) {
        if (FRAME.matcher(line).matches()) {
            return;
        }
        synchronized (lastWords) {
            if (lastWords.size() == LAST_WORDS) {
                lastWords.removeFirst();
            }
            lastWords.addLast(line);
        }
    }

    public long pid() {
        return process.pid();
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** Writes one line to its standard input; false when it no longer reads. */
    public boolean order(String line) {
        try {
            synchronized (orders) {
                orders.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                orders.flush();
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Waits for its end, at most so long.
     *
     * @return its exit code, or 128 and the number of the signal that ended it, when all that it wrote has been read;
     *     empty when it still runs
     */
    public Optional<Integer> awaitEnd(Duration atMost) throws InterruptedException {
        if (!process.waitFor(Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        // A descendant may have inherited the pipes, so their end is not waited for without end.
        if (!silent.await(READING_TO_THE_END.toSeconds(), TimeUnit.SECONDS)) {
            remember("(its output is held open by another process, and may not have been read whole)");
        }
        return Optional.of(process.exitValue());
    }

    /** SIGKILL, and waits until it is gone: all its sockets are closed then. */
    public void kill() {
        process.destroyForcibly();
        boolean interrupted = false;
        while (true) {
            try {
                process.waitFor();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The last lines of its standard error, without the frames of stack traces; empty when it wrote none. */
    public List<String> lastWords() {
        synchronized (lastWords) {
            return List.copyOf(lastWords);
        }
    }

    /** How it ended and what it said last, for a message: {@code exit code 1; its last words: …}. */
    public String obituary() {
        String how = process.isAlive() ? "it still runs" : "exit code " + process.exitValue();
        List<String> words = lastWords();
        return words.isEmpty() ? how : how + "; its last words: " + String.join(" / ", words);
    }
}
