package dev.rebind.agent.child;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@DisplayName("When a child's JVM has something to say itself")
class ChildJvmTest {
    /** Says one line, as a child does. */
    static final class Program {
        public static void main(String[] arguments) {
            System.out.println("ready");
        }
    }

    private final List<String> said = new CopyOnWriteArrayList<>();

    private Child end(ChildJvm jvm) throws Exception {
        Child child = jvm.start(Program.class.getName(), List.of(), said::add);
        assertThat(child.awaitEnd(Duration.ofSeconds(100))).contains(0);
        return child;
    }

    @Test
    @DisplayName("then a cache that does not fit is told of on standard error, and its answers are the program's alone")
    void unfitCache(@TempDir Path folder) throws Exception {
        Path cache = Files.writeString(folder.resolve("unfit.aot"), "no cache");

        Child child = end(ChildJvm.of(System.getProperty("java.class.path"), cache.toString()));

        assertThat(said).containsExactly("ready");
        assertThat(child.lastWords())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains("aot"));
    }

    @Test
    @DisplayName("then neither its warnings nor its own log are among the answers")
    void warnings() throws Exception {
        var command = new ArrayList<>(
                ChildJvm.of(System.getProperty("java.class.path"), null).command());
        // A warning of the JVM itself, not of its log: the new generation is larger than the heap.
        command.addAll(1, List.of("-XX:MaxNewSize=1g", "-Xmx64m"));
        // As JAVA_TOOL_OPTIONS would, before what Rebind sets.
        command.add(1, "-Xlog:gc+init");

        end(new ChildJvm(command));

        assertThat(said).containsExactly("ready");
    }

    @Test
    @DisplayName("then a stack trace does not push out what went wrong")
    void stackTrace() throws Exception {
        var child = new Child(new ProcessBuilder("sh", "-c", """
                        {
                          echo "first"
                          echo "java.io.IOException: no disk"
                          for frame in 1 2 3 4 5 6 7 8 9; do echo "\tat a.B.c(B.java:$frame)"; done
                          echo "Caused by: a.D: full"
                          echo "\tat java.base/java.lang.Thread.run(Unknown Source)"
                          echo "\t... 9 more"
                        } >&2
                        """).start(), _ -> {});

        assertThat(child.awaitEnd(Duration.ofSeconds(100))).contains(0);
        assertThat(child.lastWords()).containsExactly("first", "java.io.IOException: no disk", "Caused by: a.D: full");
    }
}
