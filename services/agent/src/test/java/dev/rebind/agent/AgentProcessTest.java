package dev.rebind.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.agent.child.ChildJvm;
import dev.rebind.sockets.posix.FreePorts;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentProcessTest {
    @ParameterizedTest
    @ValueSource(strings = {"KILL", "TERM", "INT"})
    @DisplayName("no child outlives the agent's process, however it ends")
    void nothingLeft(String signal) throws Exception {
        Signals.assumeTaken(signal);
        int port = FreePorts.next();
        var command = new ArrayList<>(ChildJvm.likeThis().command());
        command.addAll(List.of(AgentProcess.class.getName(), Integer.toString(port)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = said.readLine();
            assertThat(line).isNotNull();
            List<ProcessHandle> children = Arrays.stream(line.split(" "))
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                    .toList();
            // Generations 1 and 3 as processes; handlers of 2 (which is stopped), 3 and 4.
            assertThat(children).hasSize(5).allMatch(ProcessHandle::isAlive);

            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            process.waitFor();

            await().until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName("When a process makes an agent while it is ending, then the agent starts nothing and says so")
    void ending() throws Exception {
        var command = new ArrayList<>(ChildJvm.likeThis().command());
        command.addAll(List.of(EndingProcess.class.getName(), Integer.toString(FreePorts.next())));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(said.readLine()).isEqualTo("Broken[generation=1, why=the agent is closed]");
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
