package dev.rebind.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the tests, a class with a main method, in a JVM of its own. */
public final class TestJvm {
    private static final long PATIENCE_SECONDS = 120;
    /** Descriptors that a JVM needs beside those of its class path, of which it opens every file. */
    private static final int DESCRIPTORS = 120;

    private TestJvm() {}

    /**
     * How a program ended.
     *
     * @param out what it printed on standard output, without white space around it
     * @param err the same of standard error
     */
    public record Ended(int exitCode, String out, String err) {}

    /**
     * Runs a program, and fails if it does not end within two minutes.
     *
     * @param launcher a command that runs the command behind it, such as {@code setpriv --reuid=65534}; may be empty
     */
    public static Ended run(List<String> launcher, Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(launcher);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Duser.language=en",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile("test-jvm", ".out");
        Path err = Files.createTempFile("test-jvm", ".err");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly().waitFor();
            var result = new Ended(
                    process.exitValue(),
                    Files.readString(out).strip(),
                    Files.readString(err).strip());
            assertThat(ended)
                    .as("%s ended within %s s; %s", program.getSimpleName(), PATIENCE_SECONDS, result)
                    .isTrue();
            return result;
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Runs a program that can open some hundred files and then has no descriptor left; what it printed. */
    public static String runWithFewDescriptors(Class<?> program) throws IOException, InterruptedException {
        int enough = System.getProperty("java.class.path").split(":").length + DESCRIPTORS;
        Ended ended = run(List.of("sh", "-c", "ulimit -n " + enough + "; exec \"$@\"", "sh"), program);
        assertThat(ended.err()).isEmpty();
        return ended.out();
    }
}
