package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** On processes of this machine, which are not number 1: the same is read of them. */
class StopCommandTest {
    private static TargetPod target(String... stopCommand) {
        return WebPod.target("web-0", "node-1", null, stopCommand);
    }

    private record Ran(int code, String said) {}

    private static Ran stop(String pid) throws Exception {
        var command = new ArrayList<>(StopCommand.of(target()));
        command.addAll(List.of("sh", pid));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), said);
    }

    @Test
    @DisplayName("When the main process has a handler for SIGTERM, then it is told to end")
    void handler() throws Exception {
        Process process =
                new ProcessBuilder("sh", "-c", "trap 'kill $!; exit 7' TERM; sleep 600 & echo ready; wait").start();
        try {
            // The handler is there.
            assertThat(new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                            .readLine())
                    .isEqualTo("ready");
            assertThat(stop(Long.toString(process.pid()))).isEqualTo(new Ran(0, ""));
            assertThat(process.waitFor()).isEqualTo(7);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName("When the main process has no handler for SIGTERM, then that is said at once, with what to do")
    void noHandler() throws Exception {
        Process process = new ProcessBuilder("sleep", "600").start();
        try {
            Ran ran = stop(Long.toString(process.pid()));
            assertThat(ran.code()).isEqualTo(3);
            assertThat(ran.said())
                    .contains("has no handler for SIGTERM")
                    .contains("spec.target.workloadRef.stopCommand");
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName("When /proc cannot be read, then the signal is sent all the same")
    void unreadable() throws Exception {
        assertThat(stop("999999999").said()).doesNotContain("no handler");
    }

    @Test
    @DisplayName("When the experiment names a command, then that is run, and told of as it is")
    void named() {
        assertThat(StopCommand.of(target("nginx", "-s", "quit"))).containsExactly("nginx", "-s", "quit");
        assertThat(StopCommand.shown(List.of("nginx", "-s", "quit"))).isEqualTo("nginx -s quit");
        assertThat(StopCommand.shown(StopCommand.of(target()))).isEqualTo("sh -c 'kill 1'");
    }
}
