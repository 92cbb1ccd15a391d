package dev.rebind.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.wire.WireMessages.ListenerAnswer;
import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.PodsAudit;
import dev.rebind.diagnosis.PodsAudit.OfPod;
import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.diagnosis.finding.RestartOutlook;
import dev.rebind.diagnosis.json.AuditJson;
import dev.rebind.sockets.AsNobody;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The listeners of a pod, from outside of it")
class PodListenersTest {
    private static final String POD = "9aaadd2d-c213-4d37-95cc-6f32222b6b8d";
    private static final String OTHER = "00000000-c213-4d37-95cc-6f32222b6b8d";
    private static final String CONTAINER = "4e".repeat(32);
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress SIX = InetAddress.ofLiteral("::");

    @TempDir
    Path proc;

    /** This very process is in the pod, by a /proc that says so; its sockets and descriptors are real. */
    @BeforeEach
    void inPod() throws IOException {
        process(ProcessHandle.current().pid(), "0::/kubepods/pod" + POD + "/" + CONTAINER + "\n");
    }

    private void process(long pid, String cgroup) throws IOException {
        Path process = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(process.resolve("cgroup"), cgroup);
        Files.createSymbolicLink(
                process.resolve("net"),
                Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "net"));
    }

    private static PosixSocket listener(InetAddress address, int port, boolean reuse) throws PosixException {
        return PosixSocket.open(address.getAddress().length == 4 ? Family.IPV4 : Family.IPV6)
                .reuseAddress(reuse)
                .bind(new Endpoint(address, port))
                .listen(7);
    }

    private PodsAudit audit() {
        return new PodListeners(proc).of(Set.of(POD));
    }

    private OfPod on(int port) {
        return audit().listeners().stream()
                .filter(found -> found.listener().first().local().port() == port)
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("of one port tell their options as the live sockets have them, or why they were not read")
    void options() throws PosixException {
        var options = new PodListenerOptions(proc);
        int port = FreePorts.next();
        assertThat(options.of(POD, port)).isEqualTo(ListenerAnswer.unread("nobody of the pod listens on port " + port));
        assertThat(options.of(OTHER, port)).isEqualTo(ListenerAnswer.unread("no process of it is on this node"));
        try (PosixSocket on = listener(SIX, port, true)) {
            assertThat(on.fd()).isNotNegative();
            assertThat(options.of(POD, port)).isEqualTo(new ListenerAnswer(true, false, null));
        }
        try (PosixSocket off = listener(LOOPBACK, port, false)) {
            assertThat(off.fd()).isNotNegative();
            assertThat(options.of(POD, port)).isEqualTo(new ListenerAnswer(false, false, null));
        }
    }

    @Test
    @DisplayName("with SO_REUSEADDR bind at once, with their options, queue and container told")
    void reuse() throws PosixException {
        int port = FreePorts.next();
        try (PosixSocket socket = listener(SIX, port, true)) {
            assertThat(socket.fd()).isNotNegative();
            OfPod found = on(port);
            assertThat(found.pod()).isEqualTo(new PodsAudit.Pod(POD, Optional.of(CONTAINER), false));
            AuditedListener listener = found.listener();
            assertThat(listener.restart()).isEqualTo(new RestartOutlook.BindsAtOnce());
            assertThat(listener.options().orElseThrow().reuseAddress()).isTrue();
            assertThat(listener.backlog()).hasValue(7);
            assertThat(listener.dropped()).hasValue(0);
            assertThat(listener.inheritable()).isNotEmpty();
        }
    }

    @Test
    @DisplayName("without it are blocked by what they close first, and that comes true")
    void open() throws PosixException {
        int port = FreePorts.next();
        PosixSocket socket = listener(LOOPBACK, port, false);
        PosixSocket client = PosixSocket.open(Family.IPV4);
        try {
            client.connect(new Endpoint(LOOPBACK, port));
            PosixSocket accepted = socket.accept();
            assertThat(on(port).listener().restart())
                    .isInstanceOfSatisfying(
                            RestartOutlook.BlockedByItsConnections.class,
                            blocked -> assertThat(blocked.open()).isEqualTo(1));
            assertThat(on(port).listener().connections()).containsEntry(TcpState.ESTABLISHED, 1);
            accepted.shutdownOutput();
            client.close();
            accepted.close();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(on(port).listener().restart())
                            .isInstanceOfSatisfying(
                                    RestartOutlook.Blocked.class,
                                    blocked -> assertThat(blocked.cause()).isEqualTo(Cause.time_wait)));
            socket.close();
            assertThat(binds(port)).isFalse();
        } finally {
            client.close();
            socket.close();
        }
    }

    private static boolean binds(int port) {
        try (PosixSocket again = listener(LOOPBACK, port, false)) {
            return again.fd() >= 0;
        } catch (PosixException e) {
            return false;
        }
    }

    @Test
    @DisplayName(
            "come first where a restart would be turned away, and with them the pod, but for the arguments of its process")
    void json() throws PosixException {
        int first = FreePorts.next();
        int second = FreePorts.next();
        try (PosixSocket one = listener(LOOPBACK, first, true);
                PosixSocket two = listener(LOOPBACK, second, false)) {
            assertThat(one.fd() + two.fd()).isPositive();
            String json = AuditJson.write(audit());
            assertThat(json.indexOf("\"port\":" + second)).isPositive().isLessThan(json.indexOf("\"port\":" + first));
            assertThat(json)
                    .doesNotContain("\n", "\"command\"", "\"executable\"")
                    .contains(
                            "\"pod\":{\"uid\":\"" + POD + "\",\"container_id\":\"" + CONTAINER
                                    + "\",\"shared_network\":false}",
                            "\"untold\":[]",
                            "\"left_out\":0");
        }
    }

    @Test
    @DisplayName("on the host's network are those of the pod's own processes, and without the right nobody can tell")
    void host() throws IOException, PosixException {
        process(1, "0::/init.scope\n");
        int port = FreePorts.next();
        try (PosixSocket socket = listener(LOOPBACK, port, true)) {
            assertThat(socket.fd()).isNotNegative();
            assertThat(on(port).pod()).isEqualTo(new PodsAudit.Pod(POD, Optional.of(CONTAINER), true));
            Path status = Files.writeString(proc.resolve("status"), "CapEff:\t0000000000000000\n");
            assertThat(new PodListeners(proc, new Rights(status))
                            .of(Set.of(POD))
                            .untold())
                    .singleElement()
                    .satisfies(untold -> assertThat(untold.why()).contains("CAP_SYS_PTRACE"));
        }
    }

    @Test
    @DisplayName("of a pod that was not asked for are not told, nor its processes looked at")
    void unasked() throws IOException, PosixException {
        process(1, "0::/kubepods/pod" + OTHER + "/" + CONTAINER + "\n");
        int port = FreePorts.next();
        try (PosixSocket socket = listener(LOOPBACK, port, true)) {
            assertThat(socket.fd()).isNotNegative();
            PodsAudit audit = new PodListeners(proc).of(Set.of(OTHER));
            assertThat(audit.listeners())
                    .noneMatch(found -> found.listener().first().local().port() == port);
        }
    }

    @Test
    @DisplayName("of a pod without a process are untold, and not none")
    void gone() {
        assertThat(new PodListeners(proc).of(Set.of(OTHER)).untold())
                .containsExactly(new PodsAudit.Untold(OTHER, "no process of it is on this node"));
    }

    @Test
    @DisplayName("without the right to look into its processes are told, and their restart is not")
    void withoutTheRight() throws Exception {
        open(proc);
        open(proc.resolve(Long.toString(ProcessHandle.current().pid())));
        int port = FreePorts.next();
        try (PosixSocket socket = listener(LOOPBACK, port, true)) {
            assertThat(socket.fd()).isNotNegative();
            assertThat(AsNobody.run(LookAsNobody.class, proc.toString(), Integer.toString(port)))
                    .contains("\"kind\":\"cannot_tell\",\"missing\":\"unseen\",\"why\":\"other_users\"")
                    .contains("that user, or root with CAP_SYS_PTRACE, can see it");
        }
    }

    private static void open(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Prints the line of a port. */
    public static final class LookAsNobody {
        private LookAsNobody() {}

        /** @param arguments the folder and the port */
        public static void main(String[] arguments) {
            PodsAudit all = new PodListeners(Path.of(arguments[0])).of(Set.of(POD));
            System.out.println(AuditJson.write(new PodsAudit(
                    all.at(),
                    all.listeners().stream()
                            .filter(found -> found.listener().first().local().port() == Integer.parseInt(arguments[1]))
                            .toList(),
                    all.untold(),
                    0)));
        }
    }
}
