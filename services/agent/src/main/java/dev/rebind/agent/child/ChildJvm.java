package dev.rebind.agent.child;

import dev.rebind.sockets.posix.ProcessStarts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a child JVM is started: the same Java and class path as this JVM, with flags for a program that is small, starts at
 * once and lives for seconds.
 *
 * @param command the Java program and its flags, up to the main class
 */
public record ChildJvm(List<String> command) {
    /**
     * Names a file made with {@code -XX:AOTCacheOutput}. A JVM that it does not fit says so and does without; {@code ./rebind} names
     * none that does not fit.
     */
    public static final String AOT_CACHE_PROPERTY = "rebind.aot";

    /** What would reach a child's settings past the flags that it is given. */
    private static final String OWN_VARIABLES = "REBIND_";

    public ChildJvm {
        command = List.copyOf(command);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a command has at least the program");
        }
    }

    /** Children like this JVM. */
    public static ChildJvm likeThis() {
        return of(System.getProperty("java.class.path", ""), System.getProperty(AOT_CACHE_PROPERTY));
    }

    static ChildJvm of(String classPath, @Nullable String aotCache) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-Xms16m",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // Most of what is compiled after the default of 200 calls is not called again: 0.55 s of processor
                // time instead of 0.65 s until a server is bound.
                "-XX:CompileThresholdScaling=4",
                // The JVM's own messages (-Xlog, JEP 158: warnings go to standard output by default) would be taken for
                // the
                // program's, so they go to standard error, of which the last lines are kept.
                "-Xlog:disable",
                "-Xlog:all=warning:stderr",
                "-XX:+DisplayVMOutputToStderr",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        if (aotCache != null && !aotCache.isBlank()) {
            command.add("-XX:AOTCache=" + aotCache);
        }
        command.add("-cp");
        command.add(classPath);
        return new ChildJvm(command);
    }

    /**
     * Starts a child. Its standard input stays open until it is killed or this process ends, however it ends.
     *
     * @param onLine called for each line of its standard output, one after the other, on a thread of the child's own
     * @throws IOException when the system cannot start it; nothing is left then
     */
    public Child start(String mainClass, List<String> arguments, Consumer<String> onLine) throws IOException {
        var whole = new ArrayList<>(command);
        whole.add(mainClass);
        whole.addAll(arguments);
        var builder = new ProcessBuilder(whole);
        builder.environment().keySet().removeIf(name -> name.startsWith(OWN_VARIABLES));
        return new Child(ProcessStarts.start(builder), onLine);
    }
}
