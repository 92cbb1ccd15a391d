package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@DisplayName("When the program cannot load what it is made of")
class MainTest {
    @Test
    @DisplayName(
            "then its exit code is 70, since 1 says that an experiment failed, and it names what is the usual reason")
    void classesMissing() throws Exception {
        // Its own classes and none of its libraries, as where the files of the class path cannot be opened.
        Path own = Path.of("target", "classes").toAbsolutePath();
        assertThat(own.resolve("dev/rebind/cli/Main.class")).exists();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        own.toString(),
                        Main.class.getName(),
                        "run")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(70);
        assertThat(said).contains("NoClassDefFoundError", "ulimit -n", "EMFILE");
    }
}
