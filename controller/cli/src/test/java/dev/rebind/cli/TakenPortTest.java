package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TakenPortTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"--ui", "--metrics-port"})
    @DisplayName("When a port that Rebind itself is to serve is taken, then who has it is said, and nothing was run")
    void taken(String option) throws IOException {
        Path file = Files.writeString(folder.resolve("one.yaml"), """
                apiVersion: rebind.dev/v1alpha1
                kind: RebindExperiment
                metadata: {name: one}
                spec: {target: {server: {}}}
                """);
        Path report = folder.resolve("report");
        try (var listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var err = new StringWriter();
            int exit = Main.commandLine()
                    .setErr(new PrintWriter(err, true))
                    .execute("run", "" + file, "--report", "" + report, option + "=" + listener.getLocalPort());
            assertThat(err.toString())
                    .contains(
                            "cannot be served on 127.0.0.1:" + listener.getLocalPort(),
                            "The bind failed with EADDRINUSE",
                            "listens on");
            assertThat(exit).isEqualTo(ExitCode.USAGE);
        }
        assertThat(report.resolve("cycles.jsonl"))
                .satisfies(records -> assertThat(!Files.exists(records) || Files.size(records) == 0)
                        .isTrue());
    }
}
