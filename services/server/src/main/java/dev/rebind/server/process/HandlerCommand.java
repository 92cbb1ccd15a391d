package dev.rebind.server.process;

import dev.rebind.server.listener.ServerSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * How a handler process is started: this JVM's own java and class path, and next to no memory.
 *
 * @param line the program's path, then its arguments
 */
record HandlerCommand(List<String> line) {
    /** @param handler the name of its main class */
    static HandlerCommand of(ServerSettings settings, OptionalLong guardian, String handler) {
        return new HandlerCommand(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx16m",
                "-Xss256k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:CompileThresholdScaling=4",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                handler,
                settings.service().name(),
                String.valueOf(settings.reading()),
                String.valueOf(settings.generation()),
                guardian.isPresent() ? String.valueOf(guardian.getAsLong()) : "-"));
    }
}
