package dev.rebind.sockets.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rebind.sockets.AsNobody;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.owners.SocketOwner;
import java.io.File;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OptionsReaderTest {
    private final OptionsReader reader = new OptionsReader();

    private static final String LISTENER = """
            s = socket.socket(socket.AF_INET6)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30)
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 7)
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 12345)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.bind(("::1", 0))
            s.listen(5)
            c = socket.create_connection(s.getsockname()[:2])
            """;

    @Test
    @DisplayName("When another process's listener is asked, then each option is what that process set")
    void listener() throws Exception {
        try (var child = PythonChild.with(LISTENER)) {
            assertThat(known(reader.read(child.pid(), child.fd())))
                    .isEqualTo(new SocketOptions(
                            6,
                            true,
                            false,
                            true,
                            null,
                            false,
                            true,
                            true,
                            OptionalInt.of(30),
                            OptionalInt.of(7),
                            OptionalInt.of(3),
                            OptionalInt.of(12345),
                            0,
                            OptionalInt.of(5),
                            OptionalInt.of(1),
                            OptionalLong.of(0)));
        }
    }

    @Test
    @DisplayName("When a socket has no option set and does not listen, then nothing is made up for it")
    void plain() throws Exception {
        try (var child = PythonChild.with("s = socket.socket()\n")) {
            SocketOptions options = known(reader.read(child.pid(), child.fd()));
            assertThat(options.reuseAddress()).isFalse();
            assertThat(options.acceptConn()).isFalse();
            assertThat(options.v6only()).isNull();
            assertThat(options.lingerSeconds()).isNull();
            assertThat(options.backlog()).isEmpty();
            assertThat(options.acceptQueue()).isEmpty();
            assertThat(options.userTimeoutMillis()).hasValue(0);
        }
    }

    @Test
    @DisplayName("When a socket is bound to a device, then the device is named")
    void device() throws Exception {
        try (var child = PythonChild.with("""
                s = socket.socket()
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
                """)) {
            SocketOptions options = known(reader.read(child.pid(), child.fd()));
            assertThat(options.boundDevice()).isEqualTo("lo");
            assertThat(options.reusePort()).isTrue();
        }
    }

    @Test
    @DisplayName("When a socket is no TCP socket, then its protocol says so and it has no option of TCP")
    void datagrams() throws Exception {
        try (var child = PythonChild.with("s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n")) {
            SocketOptions options = known(reader.read(child.pid(), child.fd()));
            assertThat(options.protocol()).isEqualTo(17);
            assertThat(options.keepIdleSeconds()).isEmpty();
        }
    }

    @Test
    @DisplayName("When a multipath listener is asked, then its protocol is MPTCP and it listens")
    void multipath() throws Exception {
        try (var child = PythonChild.with("""
                try:
                    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
                except OSError:
                    s = socket.socket()
                s.bind(("127.0.0.1", 0))
                s.listen(9)
                """)) {
            SocketOptions options = known(reader.read(child.pid(), child.fd()));
            assumeThat(options.protocol())
                    .as("this kernel has MPTCP, and it is on")
                    .isEqualTo(262);
            assertThat(options.acceptConn()).isTrue();
            assertThat(options.backlog()).hasValue(9);
        }
    }

    @Test
    @DisplayName("When the process, the descriptor or the socket is another by now, then it is gone")
    void gone() throws Exception {
        int pid;
        int fd;
        try (var child = PythonChild.with("s = socket.socket()\nf = open('/dev/null')\n")) {
            pid = child.pid();
            fd = child.fd();
            assertThat(reader.read(pid, 9_999)).isEqualTo(new OptionsAnswer.Gone());
            assertThat(reader.read(pid, 0)).as("a pipe").isEqualTo(new OptionsAnswer.Gone());
            var owner = new SocketOwner(pid, fd, OptionalInt.empty());
            assertThat(reader.read(owner, child.inode() + 1)).isEqualTo(new OptionsAnswer.Gone());
            assertThat(reader.read(owner, child.inode())).isInstanceOf(OptionsAnswer.Known.class);
        }
        assertThat(reader.read(pid, fd)).isEqualTo(new OptionsAnswer.Gone());
    }

    @Test
    @DisplayName("When the main thread has ended, then the socket is asked through a thread that goes on")
    void thread() throws Exception {
        try (var child =
                PythonChild.withoutMainThread("s = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.listen(3)\n")) {
            assertThat(reader.read(child.pid(), child.fd())).isNotInstanceOf(OptionsAnswer.Known.class);
            var owner = new SocketOwner(child.pid(), child.fd(), OptionalInt.of(child.thread()));
            OptionsAnswer answer = reader.read(owner, child.inode());
            assumeThat(answer).isNotInstanceOf(OptionsAnswer.Unsupported.class);
            assertThat(known(answer).backlog()).hasValue(3);
        }
    }

    @Test
    @DisplayName("When a process may not be looked into, then the refused call and its errno are the answer")
    void denied() throws Exception {
        try (var child = PythonChild.with("s = socket.socket()\n")) {
            assertThat(AsNobody.run(AskAnother.class, Integer.toString(child.pid()), Integer.toString(child.fd())))
                    .isEqualTo("Denied[errno=1, what=pidfd_getfd]");
        }
    }

    @Test
    @DisplayName("When sockets are asked a thousand times, then no descriptor is left open")
    void descriptors() throws Exception {
        try (var child = PythonChild.with(LISTENER)) {
            reader.read(child.pid(), child.fd());
            int before = open();
            for (int i = 0; i < 1_000; i++) {
                reader.read(child.pid(), i % 2 == 0 ? child.fd() : 9_999);
            }
            assertThat(open()).isLessThan(before + 100);
        }
    }

    private static int open() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    private static SocketOptions known(OptionsAnswer answer) {
        return assertInstanceOf(OptionsAnswer.Known.class, answer).options();
    }

    /** Asks for the options of a descriptor of another process, and prints the answer. */
    static final class AskAnother {
        private AskAnother() {}

        public static void main(String[] arguments) {
            System.out.println(
                    new OptionsReader().read(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1])));
        }
    }
}
