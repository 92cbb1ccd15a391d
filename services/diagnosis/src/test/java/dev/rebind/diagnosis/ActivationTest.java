package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("When a listener was opened for another program (sd_listen_fds(3))")
class ActivationTest {
    private static final Path ACTIVATE = Path.of("/usr/bin/systemd-socket-activate");
    /** The hierarchy of cgroups in which systemd has its units; one of its own in either version. */
    private static final List<Path> CGROUPS =
            List.of(Path.of("/sys/fs/cgroup/systemd"), Path.of("/sys/fs/cgroup/unified"), Path.of("/sys/fs/cgroup"));

    /** Opens a listener, becomes a program that has it as descriptor 3, and is told so as OWNER and COUNT say. */
    private static final String HANDED_OVER = """
            if 'LISTEN_FDS' not in os.environ:
                l = socket.socket()
                l.bind(('127.0.0.1', PORT))
                l.listen()
                os.dup2(l.fileno(), 3)
                os.set_inheritable(3, True)
                os.environ.update(LISTEN_PID=str(os.getpid() + OWNER), LISTEN_FDS='COUNT')
                os.execv(sys.executable, open('/proc/self/cmdline').read().split('\\0')[:-1])
            s = socket.socket(fileno=3)
            """;

    private final int port = FreePorts.next();

    private Holder.Found holder() {
        return ((Holder.Processes) Ports.why(port).blocking().getFirst().holder())
                .all()
                .getFirst();
    }

    @ParameterizedTest
    @CsvSource({"0, 1, true", "1, 1, false", "0, 0, false"})
    @DisplayName(
            "the program that was handed it is said to have been, and neither one that inherited the variables from it, nor"
                    + " one whose descriptors end before")
    void handedOver(int owner, int count, boolean activated) throws IOException {
        try (var child =
                PythonChild.with(HANDED_OVER.replace("OWNER", "" + owner).replace("COUNT", "" + count), port, 0)) {
            assertThat(child.fd()).isEqualTo(3);
            assertThat(holder().pid()).isEqualTo(child.pid());
            assertThat(holder().story(Story.Activated.class).isPresent()).isEqualTo(activated);
            assertThat(Ports.why(port).cause()).contains(Cause.listener_other);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, false"})
    @DisplayName("in a container, where the variables have the pid that the program has there")
    void inPidNamespace(int owner, boolean activated) throws IOException {
        String program =
                HANDED_OVER.replace("OWNER", "" + owner).replace("COUNT", "1").replace("PORT", "" + port);
        Optional<PythonChild> made = PythonChild.inPidNamespace(program);
        assumeThat(made).as("only root makes PID namespaces").isPresent();
        try (var child = made.orElseThrow()) {
            assertThat(child.pid()).isEqualTo(1);
            assertThat(holder().pid()).isNotEqualTo(1);
            assertThat(holder().story(Story.Activated.class).isPresent()).isEqualTo(activated);
        }
    }

    @Test
    @DisplayName("systemd-socket-activate holds it until a client comes, and then its program does")
    void untilAClientComes() throws IOException, PosixException, InterruptedException {
        assumeThat(ACTIVATE).isExecutable();
        Process process = new ProcessBuilder(ACTIVATE.toString(), "-l", "127.0.0.1:" + port, "/bin/sleep", "300")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            await().until(() -> !Ports.why(port).blocking().isEmpty());
            Diagnosis waiting = Ports.why(port);
            assertThat(waiting.cause()).contains(Cause.socket_activation);
            assertThat((long) holder().pid()).isEqualTo(process.pid());
            assertThat(holder().stories())
                    .contains(new Story.Activator(List.of(), "/bin/sleep 300", false))
                    .doesNotContain(new Story.DoesNotAccept());

            try (PosixSocket client = Ports.connected(port)) {
                assertThat(client.fd()).isNotNegative();
                await().until(() -> holder().story(Story.Activated.class).isPresent());
                assertThat((long) holder().pid()).isEqualTo(process.pid());
                assertThat(Ports.why(port).cause()).contains(Cause.listener_other);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    @DisplayName("the unit of its cgroup is told, and is not to be stopped where it has not started the process")
    void unit() throws IOException {
        String name = "rebind-test-" + ProcessHandle.current().pid() + ".service";
        Path cgroup = CGROUPS.stream()
                .filter(folder -> Files.isWritable(folder) && Files.exists(folder.resolve("cgroup.procs")))
                .map(folder -> folder.resolve(name))
                .findFirst()
                .orElse(Path.of("/nonexistent"));
        assumeThat(cgroup.getParent()).as("only root makes cgroups").exists();
        Files.createDirectory(cgroup);
        try {
            try (var child = PythonChild.with(HANDED_OVER.replace("OWNER", "0").replace("COUNT", "1"), port, 0)) {
                Files.writeString(cgroup.resolve("cgroup.procs"), Integer.toString(child.pid()));
                assertThat(holder().stories())
                        .contains(new Story.Activated(), new Story.Unit(name, OptionalLong.empty(), false));
                assertThat(Ports.why(port).remedies())
                        .contains(new Remedy.EndProcesses(List.of(child.pid()), false, false))
                        .noneMatch(Remedy.StopUnit.class::isInstance);
            }
        } finally {
            // It is empty once the kernel has taken the process out of it.
            await().until(() -> cgroup.toFile().delete());
        }
    }
}
