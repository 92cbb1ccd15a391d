package dev.rebind.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A child process that is spoken to in lines: orders to its standard input, events from its standard output. Its standard
 * input stays open as long as this process lives, however this process ends, and by its end the child knows; see
 * docs/adr/0002.
 */
public final class Child implements AutoCloseable {
    private static final int ERROR_LINES = 20;

    private final Process process;
    private final OutputStream orders;
    private final Deque<String> errors = new ArrayDeque<>();
    private final Thread out;

    private Child(Process process, Consumer<String> lines) {
        this.process = process;
        this.orders = process.getOutputStream();
        // Platform threads: a read of a pipe holds the carrier of a virtual one.
        this.out = Thread.ofPlatform()
                .daemon()
                .name("out-" + process.pid())
                .start(() -> read(process.getInputStream(), lines));
        Thread.ofPlatform()
                .daemon()
                .name("err-" + process.pid())
                .start(() -> read(process.getErrorStream(), this::error));
    }

    /**
     * Starts a process.
     *
     * @param lines called for each line of standard output, one after the other
     * @throws IOException when it cannot be started
     */
    public static Child start(List<String> command, Consumer<String> lines) throws IOException {
        return new Child(new ProcessBuilder(command).start(), lines);
    }

    private static void read(InputStream from, Consumer<String> to) {
        try (var lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                to.accept(line);
            }
        } catch (IOException e) {
            to.accept("(its output could not be read: " + e.getMessage() + ")");
        }
    }

    private void error(String line) {
        synchronized (errors) {
            errors.addLast(line);
            if (errors.size() > ERROR_LINES) {
                errors.removeFirst();
            }
        }
    }

    public long pid() {
        return process.pid();
    }

    /** Sends an order; a child that is gone does not hear it, which its exit tells. */
    public synchronized void order(String line) {
        try {
            orders.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            orders.flush();
        } catch (IOException e) {
            error("(order \"" + line + "\" was not heard: " + e.getMessage() + ")");
        }
    }

    /** Waits for its end and for the end of its standard output; false when it still runs after that time. */
    public boolean await(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        // Not of standard error: a child's own children have that too, and may live on.
        out.join();
        return true;
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** Its exit code, once it has ended; 128 and the signal's number when a signal ended it. */
    public int exitCode() {
        return process.exitValue();
    }

    /** The end of what it wrote to standard error, for messages. */
    public String errors() {
        synchronized (errors) {
            return String.join("\n", errors);
        }
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }
}
