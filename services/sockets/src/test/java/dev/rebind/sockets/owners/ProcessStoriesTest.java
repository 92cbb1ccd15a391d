package dev.rebind.sockets.owners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.proc.Rights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessStoriesTest {
    private static final int SELF = (int) ProcessHandle.current().pid();

    @TempDir
    Path fixture = Path.of("");

    @Test
    @DisplayName("When a process is asked for, then its story is what it was started with")
    void child() throws Exception {
        Instant before = Instant.now();
        try (var child = PythonChild.with("""
                import signal
                signal.signal(signal.SIGTERM, lambda *_: None)
                signal.signal(signal.SIGUSR1, signal.SIG_IGN)
                s = socket.socket()
                """)) {
            ProcessStory story = story(child.pid());
            assertThat(story.commandLine()).hasSize(3);
            assertThat(story.commandLine().getFirst()).endsWith("python3");
            assertThat(story.commandLine().get(1)).isEqualTo("-c");
            assertThat(story.executable().orElseThrow()).contains("python3");
            assertThat(story.comm()).startsWith("python3");
            assertThat(story.parent()).isEqualTo(SELF);
            assertThat(story.session()).isEqualTo(story(SELF).session());
            assertThat(story.user()).contains(System.getProperty("user.name"));
            assertThat(story.startedAt()).isCloseTo(before, within(3, ChronoUnit.SECONDS));
            assertThat(story.state()).isIn('S', 'R');
            assertThat(story.mainThreadEnded()).isFalse();
            assertThat(story.cgroup().orElseThrow()).contains(":");
            assertThat(story.listenEnvironment()).isEqualTo(new ListenEnvironment.NotSet());
            assertThat(story.networkNamespace()).isEqualTo(story(SELF).networkNamespace());
            assertThat(story.networkNamespace()).isPresent();
            assertThat(story.catches(15)).isTrue();
            assertThat(story.ignores(15)).isFalse();
            assertThat(story.ignores(10)).isTrue();
            assertThat(story.blocksSigterm()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            every thread blocks it         |                                                       | true
            another thread does not        | unblocked()                                           | false
            a thread waits for it          | threading.Thread(target=signal.sigwait, args=({15},)).start() | false
            a signalfd takes it            | ctypes.CDLL(None).signalfd(-1, mask(15), 0)           | false
            a signalfd takes another one   | ctypes.CDLL(None).signalfd(-1, mask(10), 0)           | true
            """)
    @DisplayName("When SIGTERM is blocked, then it stays pending only where nothing in the process takes it")
    void blocked(String what, @Nullable String also, boolean pending) throws Exception {
        try (var child = PythonChild.with("""
                import ctypes, signal, time
                def mask(signal):
                    return (ctypes.c_ulong * 16)(1 << signal - 1)
                def unblocked():
                    def run():
                        signal.pthread_sigmask(signal.SIG_UNBLOCK, {15})
                        time.sleep(300)
                    threading.Thread(target=run).start()
                signal.pthread_sigmask(signal.SIG_BLOCK, {15})
                %s
                time.sleep(.2)
                s = socket.socket()
                """.formatted(also == null ? "" : also))) {
            assertThat(story(child.pid()).blocksSigterm()).as(what).isEqualTo(pending);
        }
    }

    @Test
    @DisplayName("When the main thread has ended and another goes on, then the story says so")
    void main_thread() throws Exception {
        try (var child = PythonChild.withoutMainThread("s = socket.socket()\n")) {
            ProcessStory story = story(child.pid());
            assertThat(story.mainThreadEnded()).isTrue();
            assertThat(story.state()).isEqualTo('Z');
        }
    }

    @Test
    @DisplayName("When a process has ended, then it is gone")
    void gone() throws Exception {
        int pid;
        try (var child = PythonChild.with("s = socket.socket()\n")) {
            pid = child.pid();
        }
        assertThat(new ProcessStories().of(pid)).isEqualTo(new ProcessAnswer.Gone());
    }

    @Test
    @DisplayName("When a service manager handed sockets over, then their number, names and receiver are told")
    void activation() {
        assertThat(ListenEnvironment.parse("PATH=/bin\0LISTEN_PID=42\0LISTEN_FDS=2\0LISTEN_FDNAMES=http:admin\0"))
                .isEqualTo(new ListenEnvironment.Passed(42, 2, List.of("http", "admin")));
        assertThat(ListenEnvironment.parse("LISTEN_FDS=2\0")).isEqualTo(new ListenEnvironment.NotSet());
        assertThat(ListenEnvironment.parse("LISTEN_PID=x\0LISTEN_FDS=2\0")).isEqualTo(new ListenEnvironment.NotSet());
        assertThat(ListenEnvironment.parse("")).isEqualTo(new ListenEnvironment.NotSet());
    }

    @Test
    @DisplayName("When a name has spaces and parentheses, then the fields behind it are read all the same")
    void stat() {
        String line = "7 (a) S (b) Z 1 5 6 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 12345 8 9";
        assertThat(StatLine.parse(line)).isEqualTo(new StatLine("a) S (b", 'Z', 1, 6, 12_345));
        assertThatIllegalArgumentException().isThrownBy(() -> StatLine.parse("7 (a) Z 1"));
        assertThatIllegalArgumentException().isThrownBy(() -> StatLine.parse(""));
        assertThat(StatLine.boot("cpu 1\nbtime 1700000000\n")).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
    }

    @Test
    @DisplayName("When a file of a process is not of its form, then the process is unreadable and nothing is made up")
    void garbled() throws Exception {
        Path process = Files.createDirectories(fixture.resolve("7"));
        Files.writeString(fixture.resolve("stat"), "btime 1700000000\n");
        Files.writeString(process.resolve("stat"), "7 (a) S 1 5 6 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 12345 8 9");
        Files.writeString(process.resolve("status"), "Name:\ta\n");
        var stories = new ProcessStories(fixture, new UserNames(fixture.resolve("passwd")));
        assertThat(stories.of(7)).isInstanceOf(ProcessAnswer.Unreadable.class);
        assertThat(stories.of(8)).isEqualTo(new ProcessAnswer.Gone());

        Files.writeString(
                process.resolve("status"),
                "Uid:\t1\t4000000000\t1\t1\nSigBlk:\t0\nSigIgn:\tffffffffffffffff\nSigCgt:\t8000000000004000\nCapPrm:\t0000000000000400\n");
        Files.writeString(fixture.resolve("passwd"), "root:x:0:0::/:/bin/sh\nweb:x:4000000000:1::/:/bin/sh\n");
        ProcessStory story =
                assertInstanceOf(ProcessAnswer.Known.class, stories.of(7)).story();
        assertThat(story.uid()).isEqualTo(4_000_000_000L);
        assertThat(story.user()).contains("web");
        assertThat(story.startedAt()).isEqualTo(Instant.ofEpochMilli(1_700_000_123_450L));
        assertThat(story.permits(Rights.Right.CAP_NET_BIND_SERVICE)).isTrue();
        assertThat(story.permits(Rights.Right.CAP_NET_ADMIN)).isFalse();
        assertThat(story.catches(64)).isTrue();
        assertThat(story.catches(15)).isTrue();
        assertThat(story.catches(1)).isFalse();
        assertThat(story.executable()).isEqualTo(Optional.empty());
        assertThat(story.networkNamespace()).isEmpty();
        assertThat(story.listenEnvironment()).isEqualTo(new ListenEnvironment.Unreadable());
    }

    private static ProcessStory story(int pid) {
        return assertInstanceOf(ProcessAnswer.Known.class, new ProcessStories().of(pid))
                .story();
    }
}
