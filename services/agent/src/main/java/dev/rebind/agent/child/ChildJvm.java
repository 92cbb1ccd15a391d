package dev.rebind.agent.child;

import dev.rebind.sockets.posix.ProcessStarts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How to start a child JVM: with the same Java and class path as this JVM, and with flags for a small program that starts fast and lives
 * for seconds.
 *
 * @param command the Java program and its flags, up to the main class
 */
public record ChildJvm(List<String> command) {
    /**
     * The system property that names a file made with {@code -XX:AOTCacheOutput}. A JVM that does not fit the file reports that and runs
     * without it. {@code ./rebind} names only a file that fits.
     */
    public static final String AOT_CACHE_PROPERTY = "rebind.aot";

    /**
     * The prefix of environment variables that a child must not inherit, because they would change its settings in addition to its flags.
     */
    private static final String OWN_VARIABLES = "REBIND_";

    public ChildJvm {
        command = List.copyOf(command);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a command has at least the program");
        }
    }

    /** Returns the settings for children like this JVM. */
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
                // Code that is compiled after the default of 200 calls is mostly not called again. With this flag the
                // JVM takes 0.55 s of
                // processor time until a server is bound, instead of 0.65 s.
                "-XX:CompileThresholdScaling=4",
                // By default the JVM writes its own warnings (-Xlog, JEP 158) to standard output, where they would be
                // taken for the
                // program's lines. They go to standard error instead, whose last lines are kept.
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
     * Starts a child. Its standard input stays open until it is killed or this process ends in any way.
     *
     * @param onLine called for each line of its standard output, one after the other, on a thread of this child
     * @throws IOException when the system cannot start the child; nothing is left of it then
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
