package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@DisplayName("rebind why")
class WhyCommandTest {
    private static final int SIGINT_EXIT = 128 + 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final int port = FreePorts.next();

    @TempDir
    Path folder;

    @Test
    @DisplayName("When it watches a port, then it says that it is taken and, once it is free, that, and ends with 0")
    void watches() throws Exception {
        Process watching;
        try (var listener = listener()) {
            assertThat(listener.isBound()).isTrue();
            watching = watch();
            await().atMost(PATIENCE).until(() -> said().contains("Port " + port + " is taken"));
            assertThat(watching.isAlive()).isTrue();
        }
        try {
            assertThat(watching.waitFor()).isZero();
        } finally {
            watching.destroyForcibly();
        }
        assertThat(said().indexOf("Port " + port + " is free")).isGreaterThan(said().indexOf("is taken"));
        assertThat(said()).containsOnlyOnce("Port " + port + " is taken").containsOnlyOnce("Port " + port + " is free");
    }

    @Test
    @DisplayName("When Ctrl-C ends a watch, then what it has said stays, and its exit code is that of the signal")
    void interrupted() throws Exception {
        try (var listener = listener()) {
            assertThat(listener.isBound()).isTrue();
            Process watching = watch();
            try {
                await().atMost(PATIENCE).until(() -> said().contains("Cause: listener_other"));
                assertThat(new ProcessBuilder("kill", "-INT", "" + watching.pid())
                                .start()
                                .waitFor())
                        .isZero();
                assertThat(watching.waitFor()).isEqualTo(SIGINT_EXIT);
            } finally {
                watching.destroyForcibly();
            }
            assertThat(said()).contains("Port " + port + " is taken").doesNotContain("is free", "Exception");
        }
    }

    private ServerSocket listener() throws IOException {
        return new ServerSocket(port, 5, InetAddress.getLoopbackAddress());
    }

    /** Started so that SIGINT ends it, also where these tests run in the background of a shell, which has them ignore it. */
    private Process watch() throws IOException {
        var command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(ChildJvm.likeThis().command());
        command.addAll(List.of(Main.class.getName(), "why", "--watch", "" + port));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("said"));
    }

    @Test
    @DisplayName("When a namespace of ip-netns is named, then the answer is that of its ports, and not of those here")
    void namedNamespace() throws Exception {
        assumeThat(Rights.uid()).as("only root makes network namespaces").isZero();
        String name = "rebind-test-" + ProcessHandle.current().pid();
        assumeThat(ip("netns", "add", name)).as("ip-netns makes one").isZero();
        try {
            assertThat(ip("-n", name, "link", "set", "lo", "up")).isZero();
            Process server =
                    new ProcessBuilder("ip", "netns", "exec", name, "python3", "-c", """
                            import socket, sys
                            s = socket.socket()
                            s.bind(('127.0.0.1', %d))
                            s.listen()
                            print('listens', flush=True)
                            sys.stdin.read()
                            """.formatted(port)).start();
            try (var output = server.inputReader()) {
                assertThat(output.readLine()).isEqualTo("listens");
                var there = new StringWriter();
                assertThat(why(there, "--netns", name, "--json", "" + port)).isEqualTo(1);
                var answer = new ObjectMapper().readTree(there.toString());
                assertThat(answer.at("/verdict").asText()).isEqualTo("taken");
                assertThat(answer.at("/blocking/0/holder/processes/0/pid").asLong())
                        .isEqualTo(server.pid());
                assertThat(why(new StringWriter(), "--json", "" + port)).isZero();
            } finally {
                server.destroyForcibly().waitFor();
            }
        } finally {
            ip("netns", "delete", name);
        }
        var errors = new StringWriter();
        assertThat(why(errors, "--netns", name, "" + port)).isEqualTo(3);
        assertThat(errors.toString()).contains("/run/netns/" + name + " is not there");
    }

    private static int ip(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private static int why(StringWriter said, String... arguments) {
        var command = new ArrayList<>(List.of("why"));
        command.addAll(List.of(arguments));
        return Main.commandLine()
                .setOut(new PrintWriter(said, true))
                .setErr(new PrintWriter(said, true))
                .execute(command.toArray(String[]::new));
    }
}
