package dev.rebind.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.release.Release;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodPortsTest {
    private static final String POD = "9aaadd2d-c213-4d37-95cc-6f32222b6b8d";

    private static final String CONTAINER = "4e".repeat(32);

    @TempDir
    Path proc;

    /** A process of the pod in this process's network namespace. */
    private Path process() throws IOException {
        Path process = Files.createDirectories(proc.resolve("7"));
        Files.writeString(process.resolve("cgroup"), "0::/kubepods/pod" + POD + "/" + CONTAINER + "\n");
        Files.createSymbolicLink(process.resolve("net"), Path.of("/proc/self/net"));
        return process;
    }

    private static void delete(Path process) throws IOException {
        Files.delete(process.resolve("cgroup"));
        Files.delete(process.resolve("net"));
        Files.delete(process);
    }

    @Test
    @DisplayName("When a pod's process listens, then a look from outside shows it")
    void listens() throws IOException {
        process();
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            PodPorts.PodView seen = new PodPorts(proc).look(POD, new Place("0.0.0.0", server.getLocalPort()), false);
            PortView view = seen.port();
            assertThat(seen.containers()).containsExactly(CONTAINER);
            assertThat(((Reading.Snapshot) view.local()).sockets())
                    .singleElement()
                    .satisfies(socket -> assertThat(socket.state()).isEqualTo(TcpState.LISTEN));
            assertThat(seen.forecast().releases().local()).singleElement().isInstanceOf(Release.Held.class);
            assertThat(view.owners()).isEmpty();
        }
    }

    @Test
    @DisplayName("When a pod has gone, then what is on its port cannot be told, and is not said to be nothing")
    void gone() throws IOException {
        Path process = process();
        var ports = new PodPorts(proc);
        ports.look(POD, new Place("0.0.0.0", 1), false);
        delete(process);
        assertThat(ports.look(POD, new Place("0.0.0.0", 1), false).port().local())
                .isInstanceOfSatisfying(
                        Reading.Unreadable.class,
                        unreadable -> assertThat(unreadable.why()).contains("its network namespace is gone"));
    }

    @Test
    @DisplayName("When a pod of the host's network has gone, then its port is seen through whoever else is there")
    void host() throws IOException {
        Path process = process();
        var ports = new PodPorts(proc);
        assertThat(ports.look(POD, new Place("0.0.0.0", 1), true).port().local())
                .isInstanceOf(Reading.Snapshot.class);
        Path kubelet = Files.createDirectories(proc.resolve("1"));
        Files.writeString(kubelet.resolve("cgroup"), "0::/system.slice\n");
        Files.createSymbolicLink(kubelet.resolve("net"), Path.of("/proc/self/net"));
        delete(process);
        assertThat(ports.look(POD, new Place("0.0.0.0", 1), true).port().local())
                .isInstanceOf(Reading.Snapshot.class);
        // Nobody knows which namespace another pod had.
        assertThat(ports.look("another", new Place("0.0.0.0", 1), true).port().local())
                .isInstanceOf(Reading.Unreadable.class);
    }

    /** This very process is in the pod, by a /proc that says so. */
    private void inPod() throws IOException {
        String pid = Long.toString(ProcessHandle.current().pid());
        Path process = Files.createDirectories(proc.resolve(pid));
        Files.writeString(process.resolve("cgroup"), "0::/kubepods/pod" + POD + "/" + CONTAINER + "\n");
        Files.createSymbolicLink(process.resolve("net"), Path.of("/proc", pid, "net"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("When a process of the pod listens, then why the port is taken names the process and its options")
    void whyOwn(boolean host) throws IOException {
        inPod();
        int port = FreePorts.next();
        try (var listener = PosixSocket.open(Family.IPV4)
                .reuseAddress(true)
                .bind(new Endpoint(InetAddress.getLoopbackAddress(), port))
                .listen(1)) {
            Diagnosis why = new PodPorts(proc).why(POD, port, host);
            assertThat(why.verdict()).isEqualTo(Diagnosis.Verdict.TAKEN);
            assertThat(why.blocking()).singleElement().satisfies(blocker -> {
                assertThat(blocker.holder().seen())
                        .extracting(process -> (long) process.pid())
                        .contains(ProcessHandle.current().pid());
                assertThat(blocker.standing().reuseAddress()).isEqualTo(Flag.ON);
            });
            assertThat(listener.fd()).isNotNegative();
        }
    }

    @Test
    @DisplayName(
            "When on the host's network a process of no pod listens, then nothing is said of whose the listener is, but why")
    void whyOthers() throws Exception {
        process();
        int port = FreePorts.next();
        try (var listener = PosixSocket.open(Family.IPV4)
                .bind(new Endpoint(InetAddress.getLoopbackAddress(), port))
                .listen(1)) {
            Diagnosis why = new PodPorts(proc).why(POD, port, true);
            assertThat(why.cause()).contains(Cause.listener_unseen);
            assertThat(String.join("\n", new Screen(ZoneOffset.UTC).lines(why)))
                    .contains("Which process has it is not seen from outside")
                    .doesNotContain("CAP_SYS_PTRACE");
            assertThat(listener.fd()).isNotNegative();
        }
    }

    @Test
    @DisplayName("When connections are left on a pod's port, then why tells until when, without a process")
    void whyLeft() throws Exception {
        process();
        int port = FreePorts.next();
        var here = new Endpoint(InetAddress.getLoopbackAddress(), port);
        PosixSocket listener =
                PosixSocket.open(Family.IPV4).reuseAddress(true).bind(here).listen(1);
        PosixSocket client = PosixSocket.open(Family.IPV4).connect(here);
        PosixSocket accepted = listener.accept();
        accepted.shutdownOutput();
        client.close();
        accepted.close();
        listener.close();
        Awaitility.await().untilAsserted(() -> {
            Diagnosis why = new PodPorts(proc).why(POD, port, false);
            assertThat(why.cause()).contains(Cause.time_wait);
            assertThat(why.verdict()).isEqualTo(Diagnosis.Verdict.FREE_LATER);
        });
    }
}
