package dev.rebind.agent.supervisor;

import java.util.Optional;

/** What a supervisor is told, by a line of its standard input, a signal, or the server's end. */
sealed interface Order {
    /** {@code restart}: stop the server, start the next generation. */
    record Restart() implements Order {}

    /** {@code stop}: stop the server and end. */
    record Stop() implements Order {}

    /** The server's process has ended. */
    record Ended(int generation) implements Order {}

    /** The order that a line holds; empty when it holds none. */
    static Optional<Order> parse(String line) {
        return switch (line) {
            case "restart" -> Optional.of(new Restart());
            case "stop" -> Optional.of(new Stop());
            default -> Optional.empty();
        };
    }
}
