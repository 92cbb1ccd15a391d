package dev.rebind.diagnosis.look;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rebind.sockets.AsNobody;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.TestJvm;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When another network namespace may not be looked at")
class NamespaceRefusalTest {
    /** A process in a network namespace of its own. */
    private static final String ELSEWHERE = """
            import ctypes
            if ctypes.CDLL(None).unshare(0x40000000) != 0:
                sys.exit('unshare')
            s = socket.socket()
            """;

    @BeforeEach
    void root() {
        assumeThat(Rights.uid()).as("only root makes network namespaces").isZero();
    }

    private static String asRoot(List<String> launcher, Object... arguments) throws IOException, InterruptedException {
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        TestJvm.Ended ended = TestJvm.run(launcher, EnterNamespace.class, words);
        assertThat(ended.err()).isEmpty();
        return ended.out();
    }

    @Test
    @DisplayName("with both rights it is looked at")
    void allowed() throws IOException, InterruptedException {
        try (var child = PythonChild.with(ELSEWHERE)) {
            assertThat(asRoot(List.of(), child.pid())).isEqualTo("Done[value=inside]");
        }
    }

    @Test
    @DisplayName("another user is told which right opens that of a process, which one enters it, and to be root")
    void nobody() throws IOException, InterruptedException {
        try (var child = PythonChild.with(ELSEWHERE)) {
            assertThat(AsNobody.run(EnterNamespace.class, Integer.toString(child.pid())))
                    .contains(
                            "/proc/" + child.pid() + "/ns/net cannot be opened: EACCES",
                            "to look into a process of another user, or one with more rights, needs CAP_SYS_PTRACE",
                            "to enter its network namespace needs CAP_SYS_ADMIN after that",
                            "run this as root");
        }
    }

    @Test
    @DisplayName("root without the right to trace is told that it is missing, and that root alone is not enough")
    void withoutTracing() throws IOException, InterruptedException {
        try (var child = PythonChild.with(ELSEWHERE)) {
            assertThat(asRoot(List.of("setpriv", "--bounding-set=-sys_ptrace"), child.pid()))
                    .contains("cannot be opened: EACCES", "needs CAP_SYS_PTRACE; root lacks CAP_SYS_PTRACE here")
                    .doesNotContain("CAP_SYS_ADMIN", "run this as root");
        }
    }

    @Test
    @DisplayName("root without the right to enter is told so")
    void withoutEntering() throws IOException, InterruptedException {
        try (var child = PythonChild.with(ELSEWHERE)) {
            assertThat(asRoot(List.of("setpriv", "--bounding-set=-sys_admin"), child.pid()))
                    .contains("cannot be entered: setns failed with EPERM", "root lacks CAP_SYS_ADMIN here")
                    .doesNotContain("CAP_SYS_PTRACE");
        }
    }

    @Test
    @DisplayName(
            "root of a user namespace is told that its rights do not count in the one that owns the network namespace")
    void otherUserNamespace() throws IOException, InterruptedException {
        var apart = List.of("unshare", "--user", "--map-root-user");
        assumeThat(run(apart, "true")).as("user namespaces").isZero();
        try (var child = PythonChild.with(ELSEWHERE)) {
            assertThat(asRoot(apart, child.pid()))
                    .contains(
                            "cannot be opened: EACCES, though this process has CAP_SYS_PTRACE",
                            "another user namespace");
        }
        String name = "rebind-look-" + ProcessHandle.current().pid();
        assumeThat(run(List.of("ip", "netns", "add"), name))
                .as("ip-netns makes one")
                .isZero();
        try {
            assertThat(asRoot(List.of(), name)).isEqualTo("Done[value=inside]");
            assertThat(asRoot(apart, name))
                    .contains(
                            "/run/netns/" + name
                                    + " cannot be entered: setns failed with EPERM, though this process has"
                                    + " CAP_SYS_ADMIN in its own user namespace",
                            "in the one that owns the network namespace");
            assertThat(AsNobody.run(EnterNamespace.class, name))
                    .contains("setns failed with EPERM; it needs CAP_SYS_ADMIN", "run this as root");
        } finally {
            run(List.of("ip", "netns", "delete"), name);
        }
    }

    @Test
    @DisplayName("a process that is not there, and one that has ended and was not waited for, are told apart")
    void ended() throws IOException, InterruptedException {
        try (var child = PythonChild.with("""
                s = socket.socket()
                zombie = os.fork()
                if zombie == 0:
                    os._exit(0)
                os.waitid(os.P_PID, zombie, os.WEXITED | os.WNOWAIT)
                os.getpid = lambda: zombie
                """)) {
            assertThat(NetNamespaces.in(NetNamespaces.ofProcess(child.pid()), () -> "inside")
                            .toString())
                    .contains("process " + child.pid() + " has no network namespace any more: it has ended");
        }
        assertThat(NetNamespaces.in(NetNamespaces.ofProcess(Integer.MAX_VALUE), () -> "inside")
                        .toString())
                .contains("process " + Integer.MAX_VALUE + " is not there");
    }

    private static int run(List<String> command, String last) throws IOException, InterruptedException {
        var all = new ArrayList<>(command);
        all.add(last);
        return new ProcessBuilder(all).inheritIO().start().waitFor();
    }
}
