package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.AsNobody;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStories;
import dev.rebind.sockets.owners.ProcessStory;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.posix.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("When other processes have the listener")
class HoldersTest {
    private final int port = FreePorts.next();
    private final List<Long> started = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void end() {
        started.forEach(HoldersTest::end);
    }

    /**
     * A shell that has the listener as its standard output, as have the programs that it starts. This process closes its own. The
     * shell begins a session, so that orphans do not have that of process 1, whatever session these tests are run in.
     *
     * @param script writes the pids that it is about to {@code $PIDS}
     */
    private List<Long> shell(String script, int pids) throws IOException {
        Path file = folder.resolve("pids");
        try (PosixSocket listener = Ports.listener(Ports.FOUR, port, true)) {
            Spawn.Child shell = Spawn.withSocket(
                    listener.fd(),
                    List.of("/usr/bin/setsid", "/bin/sh", "-c", script),
                    Map.of("PIDS", file.toString(), "PATH", "/usr/bin:/bin"));
            started.add(shell.pid());
            await().until(() ->
                    Files.exists(file) && Files.readString(file).strip().split("\\s+", -1).length == pids);
        }
        List<Long> found = Arrays.stream(Files.readString(file).strip().split("\\s+", -1))
                .map(Long::valueOf)
                .sorted()
                .toList();
        started.addAll(found);
        return found;
    }

    private Holder.Processes holder() {
        return (Holder.Processes) Ports.why(port).blocking().getFirst().holder();
    }

    @Test
    @DisplayName("an orphan that inherited it is named, and is told from the server")
    void orphan() throws IOException {
        long pid = shell("sleep 300 & echo $! > $PIDS", 1).getFirst();
        await().until(() -> holder().all().size() == 1
                && holder().all().getFirst().story(Story.Orphan.class).isPresent());
        Diagnosis diagnosis = Ports.why(port);
        assertThat(diagnosis.cause()).contains(Cause.listener_inherited);
        assertThat(holder().all().getFirst().stories()).contains(new Story.DoesNotAccept());
        assertThat(diagnosis.remedies())
                .containsSubsequence(
                        new Remedy.EndProcesses(List.of((int) pid), false, false), new Remedy.CloseOnExec())
                .isSortedAccordingTo(Comparator.comparing(Remedy::aim));
    }

    @Test
    @DisplayName("where connections have left something beside a holder, its end alone is not said to free the port")
    void holderAndLeftovers() throws IOException {
        Ports.leaveTimeWait(port, true);
        long pid = shell("sleep 300 & echo $! > $PIDS", 1).getFirst();
        await().until(() -> holder().all().size() == 1);
        assertThat(new Screen(ZoneOffset.UTC).lines(Ports.why(port)))
                .anySatisfy(line -> assertThat(line)
                        .contains(
                                "- End process " + pid,
                                " What is left of closed connections may keep the port until ",
                                " even then."));
    }

    @Test
    @DisplayName("an io_uring ring that alone has it is told, and whether anybody waits for clients is not")
    void ring() throws IOException {
        Optional<PythonChild> made =
                PythonChild.inRing("s = socket.socket()\ns.bind(('127.0.0.1', " + port + "))\ns.listen()\n");
        Assumptions.assumeTrue(made.isPresent(), "A kernel with io_uring is needed");
        try (var child = made.orElseThrow()) {
            Holder.Found found = holder().all().getFirst();
            assertThat(found.pid()).isEqualTo(child.pid());
            assertThat(found.stories()).contains(new Story.InRing()).doesNotContain(new Story.DoesNotAccept());
        }
    }

    @Test
    @DisplayName("where two programs have listeners in the way, the end of neither is said to free the port")
    void twoPrograms() throws IOException {
        String listens = "s = socket.socket()\ns.bind(('127.0.0.%d', " + port + "))\ns.listen()\n";
        try (var one = PythonChild.with(listens.formatted(1));
                var other = PythonChild.with(listens.formatted(2))) {
            List<String> lines = new Screen(ZoneOffset.UTC).lines(Ports.why(port));
            for (int pid : List.of(one.pid(), other.pid())) {
                assertThat(lines)
                        .anySatisfy(line -> assertThat(line)
                                .contains("- End process " + pid + ":", " That alone does not free the port: "));
            }
        }
        try (var one = PythonChild.with(listens.formatted(1))) {
            assertThat(one.pid()).isPositive();
            assertThat(new Screen(ZoneOffset.UTC).lines(Ports.why(port)))
                    .noneMatch(line -> line.contains("That alone"));
        }
    }

    @Test
    @DisplayName("where its descriptor is on the way from one process to another, no process is said to have it")
    void inTransit() throws IOException {
        try (var child = PythonChild.with("near, far = socket.socketpair()\nt = socket.socket()\nt.bind(('127.0.0.1', "
                + port + "))\nt.listen()\nsocket.send_fds(near, [b'x'], [t.fileno()])\nt.close()\n"
                + "s = socket.socket()\n")) {
            assertThat(child.pid()).isPositive();
            Diagnosis diagnosis = Ports.why(port);
            assertThat(new Screen(ZoneOffset.UTC).lines(diagnosis))
                    .anyMatch(line -> line.startsWith("  No process that can be "));
            assertThat(new Screen(ZoneOffset.UTC).headline(diagnosis))
                    .contains("has the listener on 127.0.0.1:" + port + ", which ")
                    .endsWith(" has opened.")
                    .doesNotContain("unseen process");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "IGNORED, 'signal.signal(15, signal.SIG_IGN)'",
        "BLOCKED, 'signal.pthread_sigmask(signal.SIG_BLOCK, [15])'",
        "STOPPED, ''",
        "TRACED, ''"
    })
    @DisplayName("one that SIGTERM does not end is told, and is to be ended by SIGKILL")
    void outlivesSigterm(Story.Shield why, String first) throws IOException {
        try (var child = PythonChild.with("import signal\n" + first + "\ns = socket.socket()\ns.bind(('127.0.0.1', "
                + port + "))\ns.listen()\n")) {
            Optional<PythonChild> debugger = Optional.empty();
            if (why == Story.Shield.STOPPED) {
                signal("STOP", child.pid());
            }
            if (why == Story.Shield.TRACED) {
                debugger = Optional.of(PythonChild.with("""
                        import ctypes
                        s = socket.socket()
                        if ctypes.CDLL(None).ptrace(16, %d, None, None) != 0:
                            os._exit(1)
                        os.waitpid(%d, 0)
                        """.formatted(child.pid(), child.pid())));
            }
            await().untilAsserted(() ->
                    assertThat(holder().all().getFirst().stories()).contains(new Story.OutlivesSigterm(why)));

            Diagnosis diagnosis = Ports.why(port);

            assertThat(diagnosis.remedies()).contains(new Remedy.EndProcesses(List.of(child.pid()), false, true));
            assertThat(String.join("\n", new Screen(ZoneOffset.UTC).lines(diagnosis)))
                    .contains("`kill -KILL " + child.pid() + "`");
            signal("CONT", child.pid());
            debugger.ifPresent(PythonChild::close);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("one in a frozen cgroup is ended by SIGTERM only where it has no handler for it")
    void frozen(boolean handler) throws IOException {
        Path group = Stream.of("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
                .map(Path::of)
                .filter(mount -> Files.isWritable(mount.resolve("cgroup.procs")))
                .findFirst()
                .orElse(Path.of("/"))
                .resolve("rebind-test-" + port);
        Assumptions.assumeTrue(group.getNameCount() > 1, "A cgroup of version 2 that may be written is needed");
        Files.createDirectory(group);
        try (var child = PythonChild.with((handler ? "import signal\nsignal.signal(15, lambda *_: None)\n" : "")
                + "s = socket.socket()\ns.bind(('127.0.0.1', " + port + "))\ns.listen()\n")) {
            Files.writeString(group.resolve("cgroup.procs"), Integer.toString(child.pid()));
            Files.writeString(group.resolve("cgroup.freeze"), "1");
            await().until(() -> Files.readString(group.resolve("cgroup.events")).contains("frozen 1"));

            assertThat(holder().all().getFirst().story(Story.OutlivesSigterm.class))
                    .isEqualTo(
                            handler ? Optional.of(new Story.OutlivesSigterm(Story.Shield.FROZEN)) : Optional.empty());
            signal("TERM", child.pid());
            if (handler) {
                assertThat(Ports.why(port).remedies())
                        .contains(new Remedy.EndProcesses(List.of(child.pid()), false, true));
            } else {
                await().untilAsserted(
                                () -> assertThat(Ports.why(port).blocking()).isEmpty());
            }
        } finally {
            await().until(() -> Files.readString(group.resolve("cgroup.procs")).isEmpty());
            Files.delete(group);
        }
    }

    @Test
    @DisplayName(
            "one in a cgroup that is frozen by version 1 takes no signal, and the advice says that it must be thawed")
    void frozenWholly(@TempDir Path mount) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                run("mount", "-t", "cgroup", "-o", "freezer", "none", mount.toString()) == 0,
                "The right to mount a freezer of version 1 is needed");
        Path group = mount.resolve("rebind-test-" + port);
        try {
            Files.createDirectory(group);
            try (var child =
                    PythonChild.with("s = socket.socket()\ns.bind(('127.0.0.1', " + port + "))\ns.listen()\n")) {
                Files.writeString(group.resolve("cgroup.procs"), Integer.toString(child.pid()));
                Files.writeString(group.resolve("freezer.state"), "FROZEN");
                await().until(() ->
                        Files.readString(group.resolve("freezer.state")).strip().equals("FROZEN"));
                try {
                    assertThat(holder().all().getFirst().stories())
                            .contains(new Story.OutlivesSigterm(Story.Shield.FROZEN_WHOLLY));
                    signal("KILL", child.pid());
                    Diagnosis diagnosis = Ports.why(port);
                    assertThat(diagnosis.blocking()).isNotEmpty();
                    assertThat(String.join("\n", new Screen(ZoneOffset.UTC).lines(diagnosis)))
                            .contains("`kill -KILL " + child.pid() + "`", "write THAWED to its freezer.state");
                } finally {
                    Files.writeString(group.resolve("freezer.state"), "THAWED");
                }
                await().untilAsserted(
                                () -> assertThat(Ports.why(port).blocking()).isEmpty());
            }
            await().until(() -> Files.readString(group.resolve("cgroup.procs")).isEmpty());
            Files.delete(group);
        } finally {
            run("umount", mount.toString());
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    @Test
    @DisplayName("process 1 of a PID namespace below this one is to be ended by SIGKILL, as it gets no SIGTERM")
    void firstBelow() throws IOException {
        Optional<PythonChild> made =
                PythonChild.inPidNamespace("s = socket.socket()\ns.bind(('127.0.0.1', " + port + "))\ns.listen()\n");
        Assumptions.assumeTrue(made.isPresent(), "The right to make a PID namespace is needed");
        try (var child = made.orElseThrow()) {
            assertThat(child.pid()).isEqualTo(1);
            Holder.Found found = holder().all().getFirst();
            assertThat(found.stories()).contains(new Story.OutlivesSigterm(Story.Shield.FIRST_BELOW));
            assertThat(Ports.why(port).remedies()).contains(new Remedy.EndProcesses(List.of(found.pid()), false, true));
        }
    }

    @Test
    @DisplayName("its parent is named, as that may start it again")
    void parent() throws IOException {
        try (var child = PythonChild.with("s = socket.socket()\ns.bind(('127.0.0.1', " + port + "))\ns.listen()\n")) {
            assertThat(child.pid()).isPositive();
            long self = ProcessHandle.current().pid();
            assertThat(holder().all().getFirst().story(Story.ChildOf.class))
                    .hasValueSatisfying(
                            parent -> assertThat((long) parent.pid()).isEqualTo(self));
            assertThat(String.join("\n", new Screen(ZoneOffset.UTC).lines(Ports.why(port))))
                    .contains(
                            "Its parent is process " + self + ", `",
                            "Should its parent, process " + self + ", start it again, stop it there or end process "
                                    + self + " first.");
        }
    }

    private static void signal(String name, int pid) throws IOException {
        try {
            new ProcessBuilder("kill", "-" + name, Integer.toString(pid))
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @DisplayName("a thread with descriptors of its own that alone has it is told")
    void ownDescriptors() throws IOException {
        try (var child = PythonChild.inThreadWithOwnDescriptors(
                "s = socket.socket()\ns.bind(('127.0.0.1', " + port + "))\ns.listen()\n")) {
            Holder.Found found = holder().all().getFirst();
            assertThat(found.pid()).isEqualTo(child.pid());
            assertThat(found.stories()).contains(new Story.ThreadsOwn(child.thread()));
        }
    }

    @Test
    @DisplayName("an orphan in a container, where all processes have one session, is probably one")
    void orphanOfContainer() throws Exception {
        Assumptions.assumeTrue(
                new ProcessBuilder("unshare", "--fork", "--pid", "true").start().waitFor() == 0,
                "The right to make a PID namespace is needed");
        // Process 1 of the namespace must not have the listener; unshare has it, and is ended.
        shell("""
                unshare --fork --pid sh -c 'sh -c "sleep 300 &"; exec > /dev/null < /dev/null; exec sleep 301' &
                echo $! > $PIDS""", 1);
        await().until(() -> holder().all().stream()
                        .anyMatch(found -> command(found).equals("sleep 300"))
                && holder().all().stream().noneMatch(found -> command(found).startsWith("sh ")));
        int pid = holder().all().stream()
                .filter(found -> command(found).equals("sleep 300"))
                .mapToInt(Holder.Found::pid)
                .findFirst()
                .orElseThrow();
        started.add((long) pid);
        started.add((long) story(pid).parent());
        end(started.get(1));
        await().until(() -> holder().all().size() == 1
                && holder().all().getFirst().stories().contains(new Story.DoesNotAccept()));
        assertThat(story(pid).session()).isEqualTo(story(story(pid).parent()).session());
        assertThat(holder().all().getFirst().stories())
                .contains(new Story.Orphan(Story.Parent.PROBABLY_ENDED, Optional.of(false), Story.Inherited.IDLE));
        assertThat(Ports.why(port).cause()).contains(Cause.listener_inherited);
    }

    private static String command(Holder.Found found) {
        return found.process() instanceof ProcessAnswer.Known(ProcessStory story)
                ? String.join(" ", story.commandLine())
                : "";
    }

    private static ProcessStory story(int pid) {
        return ((ProcessAnswer.Known) new ProcessStories().of(pid)).story();
    }

    private static void end(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    @ParameterizedTest
    @CsvSource({"listener.accept()", "'listener.setblocking(False)\nimport time\nwhile True: time.sleep(300)'"})
    @DisplayName(
            "a server that runs in the background is not said to have inherited its own listener, also where it looks for"
                    + " clients between other things")
    void background(String serve) throws IOException {
        Path python = Path.of("/usr/bin/python3");
        Assumptions.assumeTrue(Files.isExecutable(python), "Python is needed");
        Path script = Files.writeString(folder.resolve("server.py"), """
                import os, socket, sys
                listener = socket.socket()
                listener.bind(('127.0.0.1', int(sys.argv[1])))
                listener.listen()
                open(sys.argv[2] + '.new', 'w').write(str(os.getpid()))
                os.rename(sys.argv[2] + '.new', sys.argv[2])
                """ + serve + "\n");
        Path file = folder.resolve("background");
        new ProcessBuilder("/usr/bin/setsid", "/bin/sh", "-c", python + " " + script + " " + port + " " + file + " &")
                .start();
        await().until(() -> Files.exists(file));
        started.add(Long.valueOf(Files.readString(file)));
        await().until(() -> holder().all().getFirst().story(Story.Orphan.class).isPresent());
        Diagnosis diagnosis = Ports.why(port);
        assertThat(diagnosis.cause()).contains(Cause.listener_other);
        assertThat(diagnosis.remedies()).doesNotContain(new Remedy.CloseOnExec());
    }

    @Test
    @DisplayName("workers of a dead master are all named, and all must end")
    void workers() throws IOException {
        List<Long> pids = shell("for i in 1 2 3; do sleep 300 & echo $! >> $PIDS; done", 3);
        await().until(() -> holder().all().size() == 3);
        assertThat(holder().all().stream().map(found -> (long) found.pid())).containsExactlyElementsOf(pids);
        assertThat(Ports.why(port).remedies())
                .contains(new Remedy.EndProcesses(
                        pids.stream().map(Long::intValue).toList(), false, false));
    }

    @Test
    @DisplayName("a master that lives is to be ended, and not each of its workers")
    void master() throws IOException {
        shell("sleep 300 & echo $! >> $PIDS; sleep 300 & echo $! >> $PIDS; wait", 2);
        await().until(() -> holder().all().size() == 3);
        int shell = started.getFirst().intValue();
        assertThat(holder().roots())
                .singleElement()
                .satisfies(root -> assertThat(root.pid()).isEqualTo(shell));
        assertThat(Ports.why(port).remedies()).contains(new Remedy.EndProcesses(List.of(shell), true, false));
    }

    @Test
    @DisplayName(
            "workers of another user, whose master cannot be looked into, are named, and are not to be ended alone")
    void workersSeenAsNobody() throws IOException, InterruptedException {
        try (var child = PythonChild.with("""
                import ctypes, signal
                s = socket.socket()
                s.bind(('127.0.0.1', %d))
                s.listen()
                r, w = os.pipe()
                if os.fork() == 0:
                    os.setuid(65534)
                    # PR_SET_PDEATHSIG and PR_SET_DUMPABLE: it ends with its master, and its own user may look into it.
                    ctypes.CDLL(None).prctl(1, 9)
                    ctypes.CDLL(None).prctl(4, 1)
                    os.write(w, b'.')
                    signal.pause()
                os.read(r, 1)
                """.formatted(port))) {
            assertThat(child.pid()).isPositive();
            String said = AsNobody.run(WhyAsNobody.class, Integer.toString(port));
            assertThat(said)
                    .contains(
                            "The socket was opened by root (uid 0).",
                            "Run this as root to see which processes have it.")
                    .doesNotContain("`kill ");
        }
    }

    @Test
    @DisplayName("a user whose own process may not be looked into is sent to root, once, and not to itself")
    void ownHidden() throws IOException, InterruptedException {
        try (var child = PythonChild.with("""
                import ctypes, signal
                s = socket.socket()
                s.bind(('127.0.0.2', %1$d))
                s.listen()
                r, w = os.pipe()
                if os.fork() == 0:
                    s.close()
                    os.setuid(65534)
                    # PR_SET_PDEATHSIG: it ends with its parent.
                    ctypes.CDLL(None).prctl(1, 9)
                    own = socket.socket()
                    own.bind(('127.0.0.1', %1$d))
                    own.listen()
                    os.write(w, b'.')
                    signal.pause()
                os.read(r, 1)
                """.formatted(port))) {
            assertThat(child.pid()).isPositive();
            String said = AsNobody.run(WhyAsNobody.class, Integer.toString(port));
            assertThat(said)
                    .contains("the user who asks, and no process that this user may look into has it.")
                    .containsOnlyOnce("Run this as root to see which processes have it.");
        }
    }

    /** Asks about a port. */
    static final class WhyAsNobody {
        private WhyAsNobody() {}

        public static void main(String[] arguments) {
            Diagnosis diagnosis = Ports.why(Integer.parseInt(arguments[0]));
            new Screen(ZoneOffset.UTC).lines(diagnosis).forEach(System.out::println);
        }
    }

    @Test
    @DisplayName("a port of this very process is its own")
    void own() throws PosixException {
        try (PosixSocket listener = Ports.listener(Ports.LOOPBACK, port, true)) {
            assertThat(listener.fd()).isNotNegative();
            assertThat(holder().all())
                    .singleElement()
                    .satisfies(found -> assertThat((long) found.pid())
                            .isEqualTo(ProcessHandle.current().pid()));
        }
    }
}
