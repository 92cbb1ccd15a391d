package dev.rebind.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a child JVM is started: the Java and the class path of this one, small and quick to start. With the system property
 * {@code rebind.aot} the ahead-of-time cache that it names is used.
 */
public record ChildJvm(List<String> command) {
    public ChildJvm {
        command = List.copyOf(command);
    }

    /** As this JVM. */
    public static ChildJvm likeThis() {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xms8m",
                "-Xmx128m",
                "-Xss512k",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        String cache = System.getProperty("rebind.aot");
        if (cache != null && !cache.isEmpty()) {
            command.add("-XX:AOTCache=" + cache);
            command.add("-Drebind.aot=" + cache);
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        return new ChildJvm(command);
    }

    /** The whole command line for a main class. */
    List<String> run(String mainClass, List<String> arguments) {
        var whole = new ArrayList<>(command);
        whole.add(mainClass);
        whole.addAll(arguments);
        return whole;
    }
}
