package dev.rebind.walk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** {@code ./rebind}, run to its end. */
final class Rebind {
    /** The root of the repository: tests run in their module's folder. */
    static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    private Rebind() {}

    /**
     * Runs it and waits for its end.
     *
     * @param printed file for all that it prints
     * @return its exit code
     */
    static int run(Path printed, String... arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(Stream.of(ROOT.resolve("rebind").toString()), Stream.of(arguments))
                .toList();
        return new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start()
                .waitFor();
    }
}
