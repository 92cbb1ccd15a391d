package dev.rebind.agent.command;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a server is started.
 *
 * @param argv the program, looked for along PATH where it has no slash, then its arguments
 * @param environment variables beside those of this process
 * @param directory where it runs; empty: where this process does
 * @param startTimeout how long it may take until it is ready, more than 0
 */
public record CommandSettings(
        List<String> argv,
        Map<String, String> environment,
        Optional<String> directory,
        Readiness readiness,
        Duration startTimeout) {
    public CommandSettings {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("a command has at least the program");
        }
    }

    /** When it can be used, beside that it listens on its port. */
    public sealed interface Readiness {
        record Listening() implements Readiness {}

        /** A GET of this answers with a status of 200 to 399. */
        record Http(URI uri) implements Readiness {}

        /** It has written this. */
        record Log(String text) implements Readiness {}
    }
}
