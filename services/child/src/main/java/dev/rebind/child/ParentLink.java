package dev.rebind.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Standard input as the line to the parent: orders one a line, and its end means that the parent is gone, however it went:
 * the kernel closes the pipe of a process that was killed with SIGKILL too.
 */
public final class ParentLink {
    /** Exit code of a child whose parent is gone. Nobody is left to read it but a person with a process list. */
    public static final int PARENT_GONE = 83;

    private ParentLink() {}

    /**
     * Starts to follow the orders, on a daemon thread of its own.
     *
     * @param orders called for each line that is not blank, one after the other, on that thread
     */
    public static void follow(Consumer<String> orders) {
        follow(System.in, orders, () -> Runtime.getRuntime().halt(PARENT_GONE));
    }

    /**
     * The same for a child that has something to do before it ends.
     *
     * @param gone called on that thread at the end of {@code in}, or when an order throws
     */
    public static void follow(InputStream in, Consumer<String> orders, Runnable gone) {
        // A platform thread: a read of standard input would pin a virtual thread's carrier, and there may be only one.
        Thread.ofPlatform().daemon().name("parent").start(() -> {
            try (var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.isBlank()) {
                        orders.accept(line.strip());
                    }
                }
            } catch (IOException unreadable) {
                // As good as its end: no order can come any more.
            } finally {
                // In finally, so that an order that throws does not leave a child that obeys nobody.
                gone.run();
            }
        });
    }
}
