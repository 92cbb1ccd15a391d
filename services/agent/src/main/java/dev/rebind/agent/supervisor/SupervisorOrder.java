package dev.rebind.agent.supervisor;

import dev.rebind.child.protocol.StopWay;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a supervisor is told, by a line of its standard input, a signal, over HTTP, or by the server's end. */
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
     * @param way in which it is stopped
     * @param left completed when the port is left
     */
    record Hold(StopWay way, CompletableFuture<@Nullable Void> left) implements SupervisorOrder {}

    /** The port is the server's again. */
    record Release() implements SupervisorOrder {}

    /**
     * Stop the server and end with this exit code.
     *
     * @param way null: as always
     */
    record Exit(int code, @Nullable StopWay way) implements SupervisorOrder {}

    /** The order that a line holds; empty when it holds none. */
    static Optional<SupervisorOrder> parse(String line) {
        return switch (line) {
            case "restart" -> Optional.of(new Restart());
            case "stop" -> Optional.of(new Stop());
            default -> Optional.empty();
        };
    }
}
