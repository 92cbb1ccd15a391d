package dev.rebind.sockets;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a program of the tests in a JVM of a user without rights. Only root can; for others the test is left out. */
public final class AsNobody {
    private AsNobody() {}

    /** What the program printed, on either stream. */
    public static String run(Class<?> program, String... arguments) throws IOException, InterruptedException {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        var command = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=65534",
                "--clear-groups",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        assumeThat(said)
                .as("nobody may read the classes and the JVM")
                .doesNotContain("ClassNotFound", "Could not find", "failed to execute");
        return said.strip();
    }
}
