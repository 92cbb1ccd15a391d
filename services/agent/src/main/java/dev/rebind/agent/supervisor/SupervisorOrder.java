package dev.rebind.agent.supervisor;

import dev.rebind.child.protocol.StopWay;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An order to a supervisor. It comes as a line of standard input, as a signal or over HTTP, or the end of the server causes it. */
sealed interface SupervisorOrder {
    /** {@code restart}: stop the server, start the next generation. */
    record Restart() implements SupervisorOrder {}

    /** {@code stop}: stop the server and end. */
    record Stop() implements SupervisorOrder {}

    /** The server's process has ended. */
    record Ended(int generation) implements SupervisorOrder {}

    /**
     * Stop the server and leave the port until {@link Release}.
     *
     * @param way how the server is stopped
     * @param left completed when the server has left the port
     */
    record Hold(StopWay way, CompletableFuture<@Nullable Void> left) implements SupervisorOrder {}

    /** The hold has ended. Start the server again. */
    record Release() implements SupervisorOrder {}

    /**
     * Stop the server and end with this exit code.
     *
     * @param way how the server is stopped; null for its usual way
     */
    record Exit(int code, @Nullable StopWay way) implements SupervisorOrder {}

    /** Returns the order in a line; empty when the line contains none. */
    static Optional<SupervisorOrder> parse(String line) {
        return switch (line) {
            case "restart" -> Optional.of(new Restart());
            case "stop" -> Optional.of(new Stop());
            default -> Optional.empty();
        };
    }
}
