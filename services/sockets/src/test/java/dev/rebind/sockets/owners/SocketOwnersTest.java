package dev.rebind.sockets.owners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rebind.sockets.AsNobody;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.TestJvm;
import dev.rebind.sockets.posix.PosixSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketOwnersTest {
    private static final Path PROC = Path.of("/proc");
    private static final OptionalInt NO_THREAD = OptionalInt.empty();

    @TempDir
    Path fixture = Path.of("");

    @Test
    @DisplayName("When a child inherits a socket, then both processes hold it, each with its own descriptor")
    void shared() throws Exception {
        try (var child = PythonChild.with("""
                s = socket.socket()
                d = s.dup()
                if os.fork() == 0:
                    os.setsid()
                    sys.stdin.read()
                    os._exit(0)
                """)) {
            List<SocketOwner> owners = seen(List.of(child.inode())).of(child.inode());
            assertThat(owners).hasSize(4);
            assertThat(owners)
                    .filteredOn(owner -> owner.pid() == child.pid())
                    .hasSize(2)
                    .contains(new SocketOwner(child.pid(), child.fd(), NO_THREAD));
            assertThat(owners).extracting(SocketOwner::pid).isSorted().hasSize(4);
        }
    }

    @Test
    @DisplayName("When a process has copies of a socket for moments, then it is no holder of it")
    void copied() throws Exception {
        try (var server = PythonChild.with("s = socket.socket()\n")) {
            Optional<PythonChild> made = PythonChild.copying(server);
            assumeThat(made).as("the right to copy").isPresent();
            try (var reader = made.orElseThrow()) {
                var pids = new TreeSet<>(Set.of(server.pid(), reader.pid()));
                Set<Long> inode = Set.of(server.inode());
                for (int seen = 0; seen < 5; ) {
                    seen += new OwnerScan(inode, PROC)
                                    .walk(pids)
                                    .getOrDefault(server.inode(), List.of())
                                    .size()
                            - 1;
                    assertThat(SocketOwners.among(inode, PROC, pids))
                            .isEqualTo(new SocketOwners.Seen(
                                    Map.of(
                                            server.inode(),
                                            List.of(new SocketOwner(server.pid(), server.fd(), NO_THREAD))),
                                    2,
                                    0,
                                    false));
                }
            }
        }
    }

    @Test
    @DisplayName("When a process has moved a socket that others have to another descriptor, then it stays a holder")
    void moved() throws Exception {
        try (var child = PythonChild.with("""
                s = socket.socket()
                os.dup2(s.fileno(), 42)
                if os.fork() == 0:
                    os.close(s.fileno())
                    sys.stdin.read()
                    os._exit(0)
                """)) {
            await().until(() -> seen(List.of(child.inode())).of(child.inode()).size() == 3);
            int heir = seen(List.of(child.inode())).of(child.inode()).stream()
                    .mapToInt(SocketOwner::pid)
                    .filter(pid -> pid != child.pid())
                    .findFirst()
                    .orElseThrow();
            var before = Map.of(
                    child.inode(),
                    List.of(
                            new SocketOwner(child.pid(), child.fd(), NO_THREAD),
                            new SocketOwner(heir, child.fd(), NO_THREAD)));
            assertThat(new SecondLooks(PROC, before).run())
                    .isEqualTo(Map.of(
                            child.inode(),
                            List.of(
                                    new SocketOwner(child.pid(), child.fd(), NO_THREAD),
                                    new SocketOwner(heir, 42, NO_THREAD))));
        }
    }

    @Test
    @DisplayName("When the main thread has ended, then the holder is found through a thread that goes on")
    void thread() throws Exception {
        try (var child = PythonChild.withoutMainThread("s = socket.socket()\n")) {
            assertThat(seen(List.of(child.inode())).of(child.inode()))
                    .containsExactly(new SocketOwner(child.pid(), child.fd(), OptionalInt.of(child.thread())));
        }
    }

    @Test
    @DisplayName("When one thread has descriptors of its own, then what only it holds is found through it")
    void ownDescriptors() throws Exception {
        try (var child = PythonChild.inThreadWithOwnDescriptors("s = socket.socket()\n")) {
            assertThat(seen(List.of(child.inode())).of(child.inode()))
                    .containsExactly(new SocketOwner(child.pid(), child.fd(), OptionalInt.of(child.thread())));
        }
    }

    @Test
    @DisplayName("When threads share their descriptors, then they are not read, however many there are")
    void sharedDescriptors() throws Exception {
        try (var child = PythonChild.inThreadWithOwnDescriptors("s = socket.socket()\n")) {
            assertThat(new SharedDescriptors().shared(child.pid(), child.thread()))
                    .as("its thread")
                    .isFalse();
            // This JVM alone has thousands.
            var scan = new OwnerScan(List.of(child.inode()), PROC, 200);
            assertThat(assertInstanceOf(SocketOwners.Seen.class, scan.run()).of(child.inode()))
                    .containsExactly(new SocketOwner(child.pid(), child.fd(), OptionalInt.of(child.thread())));
        }
    }

    @Test
    @DisplayName(
            "When a process has more descriptors in its threads than are read, then it counts as one that was not seen")
    void tooMany() throws Exception {
        try (var child = PythonChild.inThreadWithOwnDescriptors("s = socket.socket()\n")) {
            var scan = new OwnerScan(List.of(child.inode()), PROC, 0);
            SocketOwners.Seen seen = assertInstanceOf(SocketOwners.Seen.class, scan.run());
            assertThat(seen.of(child.inode())).isEmpty();
            assertThat(seen.complete()).isFalse();
        }
    }

    @Test
    @DisplayName("When only an io_uring ring has a socket, then the holder is found through the ring's descriptor")
    void ring() throws Exception {
        Optional<PythonChild> made = PythonChild.inRing("s = socket.socket()\n");
        assumeThat(made).as("a ring").isPresent();
        try (var child = made.orElseThrow()) {
            assertThat(seen(List.of(child.inode())).of(child.inode()))
                    .containsExactly(new SocketOwner(child.pid(), child.fd(), NO_THREAD, true));
        }
    }

    @Test
    @DisplayName("When a socket is this process's own, then it is found, and one that is closed is not")
    void own() throws Exception {
        int self = (int) ProcessHandle.current().pid();
        long inode;
        try (var socket = PosixSocket.open(Family.IPV4)) {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + socket.fd()))
                    .toString();
            inode = Long.parseLong(target.substring(8, target.length() - 1));
            assertThat(seen(List.of(inode, 0L)).byInode())
                    .isEqualTo(Map.of(inode, List.of(new SocketOwner(self, socket.fd(), NO_THREAD))));
        }
        assertThat(seen(List.of(inode)).of(inode)).isEmpty();
    }

    @Test
    @DisplayName(
            "When the one right is CAP_SYS_PTRACE, then another user's sockets are found all the same, and no files")
    void tracer() throws Exception {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        try (var child = PythonChild.with("""
                s = socket.socket()
                os.setuid(65534)
                """)) {
            TestJvm.Ended ended = TestJvm.run(
                    List.of("setpriv", "--bounding-set=-all,+sys_ptrace", "--inh-caps=-all"),
                    LookAsTracer.class,
                    Integer.toString(child.pid()),
                    Long.toString(child.inode()));
            assertThat(ended.exitCode()).as(ended.err()).isZero();
            assertThat(ended.out()).isEqualTo("[" + new SocketOwner(child.pid(), child.fd(), NO_THREAD) + "] 0 hidden");
        }
    }

    /** Looks among one process. */
    public static final class LookAsTracer {
        private LookAsTracer() {}

        /** @param arguments the process and the inode */
        public static void main(String[] arguments) {
            long inode = Long.parseLong(arguments[1]);
            var seen = (SocketOwners.Seen)
                    SocketOwners.among(List.of(inode), PROC, List.of(Integer.valueOf(arguments[0])));
            System.out.println(seen.of(inode) + " " + seen.unreadable() + " hidden");
        }
    }

    @Test
    @DisplayName("When a process may not be looked into, then it is counted, and the look is not complete")
    void unreadable() throws Exception {
        try (var child = PythonChild.with("s = socket.socket()\n")) {
            String said = AsNobody.run(LookAsNobody.class, Long.toString(child.inode()));
            assertThat(said.lines().toList()).containsExactly("of root: [], complete: false", "of nobody: 1 thread");
        }
    }

    /** Looks for a socket of root and for one of its own, whose holder has lost its main thread. */
    static final class LookAsNobody {
        private LookAsNobody() {}

        public static void main(String[] arguments) throws Exception {
            try (var child = PythonChild.withoutMainThread("s = socket.socket()\n")) {
                long foreign = Long.parseLong(arguments[0]);
                var seen = (SocketOwners.Seen) SocketOwners.of(List.of(foreign, child.inode()), PROC);
                System.out.println("of root: " + seen.of(foreign) + ", complete: " + seen.complete());
                System.out.println("of nobody: "
                        + seen.of(child.inode()).stream()
                                .filter(owner -> owner.viaThread().isPresent())
                                .count()
                        + " thread");
            }
        }
    }

    @Test
    @DisplayName("When entries are no processes or links no sockets, then they are passed over")
    void strange() throws Exception {
        process(1, "3", "socket:[7]");
        Files.createDirectories(fixture.resolve("2x/fd"));
        Files.createDirectories(fixture.resolve("sys"));
        Files.createSymbolicLink(fixture.resolve("1/fd/4"), Path.of("socket:[x]"));
        Files.createSymbolicLink(fixture.resolve("1/fd/5"), Path.of("/dev/null"));
        Files.createFile(fixture.resolve("1/fd/6"));
        assertThat(SocketOwners.of(List.of(7L, 8L), fixture))
                .isEqualTo(new SocketOwners.Seen(Map.of(7L, List.of(new SocketOwner(1, 3, NO_THREAD))), 1, 0, false));
    }

    @Test
    @DisplayName(
            "When there are many processes, then each is looked at once, and the holders are in the order of their pids")
    void many() throws Exception {
        for (int pid = 1; pid <= 1_000; pid++) {
            process(pid, "3", pid % 250 == 0 ? "socket:[7]" : "socket:[" + (1_000 + pid) + "]");
        }
        assertThat(SocketOwners.of(List.of(7L, 1_001L), fixture))
                .isEqualTo(new SocketOwners.Seen(
                        Map.of(
                                7L,
                                Stream.of(250, 500, 750, 1_000)
                                        .map(pid -> new SocketOwner(pid, 3, NO_THREAD))
                                        .toList(),
                                1_001L,
                                List.of(new SocketOwner(1, 3, NO_THREAD))),
                        1_000,
                        0,
                        false));
    }

    @Test
    @DisplayName("When process 1 is left out, then others may be too, and the look is not complete")
    void hidden() throws Exception {
        process(20, "4", "socket:[7]");
        var seen = assertInstanceOf(SocketOwners.Seen.class, SocketOwners.of(List.of(7L), fixture));
        assertThat(seen.othersHidden()).isTrue();
        assertThat(seen.complete()).isFalse();
    }

    @Test
    @DisplayName("When there is no /proc, then that is the answer and not an empty list")
    void no_proc() {
        assertThat(SocketOwners.of(List.of(7L), fixture.resolve("none"))).isInstanceOf(SocketOwners.Unreadable.class);
    }

    private void process(int pid, String fd, String target) throws Exception {
        Path descriptors = Files.createDirectories(fixture.resolve(pid + "/fd"));
        Files.createSymbolicLink(descriptors.resolve(fd), Path.of(target));
    }

    private static SocketOwners.Seen seen(List<Long> inodes) {
        return assertInstanceOf(SocketOwners.Seen.class, SocketOwners.of(inodes, PROC));
    }
}
