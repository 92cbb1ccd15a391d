package dev.rebind.agent.command;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a server is started.
 *
 * @param argv the program and its arguments. A program name without a slash is searched for along PATH
 * @param environment variables in addition to those of this process
 * @param directory its working directory; empty for the directory of this process
 * @param startTimeout how long the server may take until it is ready, more than 0
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

    /** The condition for a server to be ready, in addition to listening on its port. */
    public sealed interface Readiness {
        record Listening() implements Readiness {}

        /** A GET of the URI answers with a status of 200 to 399. */
        record Http(URI uri) implements Readiness {}

        /** The server has written the text. */
        record Log(String text) implements Readiness {}
    }
}
