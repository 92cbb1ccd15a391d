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
 * A child process. This process holds the other end of the child's standard input. The child knows from the end of its input that its
 * parent is gone, even after a SIGKILL. Safe for several threads.
 */
public final class Child {
    private static final int LAST_WORDS = 8;
    /** A line of a stack trace. The lines before it say what went wrong. The last eight lines of output have no room for the trace. */
    private static final Pattern FRAME =
            Pattern.compile("\\s+(at .+\\(.*\\)|\\.\\.\\. \\d+ (more|common frames omitted))");
    /** The longest line, in bytes. A report of 10,000 connections with 150 groups of failures takes less than half of it. */
    private static final int LONGEST_LINE = 1 << 18;

    /**
     * How long to read the output after the child's end. On a loaded machine a reading thread may get no processor for more than a second.
     */
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

    /** Reads a stream on a platform thread. A read from a pipe would block the carrier of a virtual thread, and there are few carriers. */
    private void follow(String name, InputStream stream, Consumer<String> onLine) {
        Thread.ofPlatform().daemon().name("child-" + process.pid() + "-" + name).start(() -> {
            try (stream) {
                Lines.read(stream, LONGEST_LINE, onLine);
            } catch (IOException e) {
                // The pipe is gone with the child. The child's exit code says more.
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

    /** Writes one line to the child's standard input. Returns false when the child no longer reads. */
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
     * Waits at most this long for the child's end.
     *
     * @return its exit code, or 128 plus the number of the signal that ended it, when all of its output has been read; empty when the child
     *     still runs
     */
    public Optional<Integer> awaitEnd(Duration atMost) throws InterruptedException {
        if (!process.waitFor(Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        // The wait is limited because a descendant may have inherited the pipes and hold them open.
        if (!silent.await(READING_TO_THE_END.toSeconds(), TimeUnit.SECONDS)) {
            remember("(its output is held open by another process, and may not have been read whole)");
        }
        return Optional.of(process.exitValue());
    }

    /** Sends SIGKILL and waits until the child is gone. All its sockets are closed then. */
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

    /** Returns the last lines of the child's standard error, without stack frames; empty when it wrote none. */
    public List<String> lastWords() {
        synchronized (lastWords) {
            return List.copyOf(lastWords);
        }
    }

    /** Returns how the child ended and its last lines, for a message: {@code exit code 1; its last words: …}. */
    public String obituary() {
        String how = process.isAlive() ? "it still runs" : "exit code " + process.exitValue();
        List<String> words = lastWords();
        return words.isEmpty() ? how : how + "; its last words: " + String.join(" / ", words);
    }
}
