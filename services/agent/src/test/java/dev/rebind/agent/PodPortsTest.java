package dev.rebind.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
