package dev.rebind.sockets.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ErrnoTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    /** TEST-NET-1 of RFC 5737: nobody's address. */
    private static final InetAddress NOBODYS = InetAddress.ofLiteral("192.0.2.1");

    @Test
    @DisplayName("When a number is asked for, then its name comes, or that there is none")
    void numbers() {
        for (Errno errno : Errno.values()) {
            assertThat(Errno.of(errno.number())).contains(errno);
        }
        assertThat(Errno.of(4_000)).isEmpty();
        assertThat(Errno.name(4_000)).isEqualTo("errno 4000");
        assertThat(Errno.EADDRINUSE.number()).isEqualTo(98);
    }

    @Test
    @DisplayName("When the JDK fails to bind or connect, then its message gives the errno")
    void messages_of_the_jdk() throws IOException {
        try (var first = new ServerSocket(0, 1, LOOPBACK);
                var plain = new ServerSocket();
                var channel = ServerSocketChannel.open()) {
            var taken = new InetSocketAddress(LOOPBACK, first.getLocalPort());
            assertThat(errno(() -> plain.bind(taken))).isEqualTo(Errno.EADDRINUSE);
            assertThat(errno(() -> channel.bind(taken))).isEqualTo(Errno.EADDRINUSE);
        }
        try (var channel = ServerSocketChannel.open()) {
            var elsewhere = new InetSocketAddress(NOBODYS, 0);
            assertThat(errno(() -> channel.bind(elsewhere))).isEqualTo(Errno.EADDRNOTAVAIL);
        }
        int nobody = FreePorts.next();
        assertThat(errno(() -> new Socket(LOOPBACK, nobody).close())).isEqualTo(Errno.ECONNREFUSED);
    }

    @Test
    @DisplayName("When a message is of nothing that the kernel says, then no errno is made of it")
    void other_messages() {
        assertThat(Errno.ofMessage("Already bound")).isEmpty();
        assertThat(Errno.ofMessage("")).isEmpty();
    }

    @Test
    @DisplayName("When a bare socket fails, then the call and the errno are told")
    void bare_sockets() throws Exception {
        try (var socket = PosixSocket.open(Family.IPV4)) {
            var failed = catchThrowableOfType(PosixException.class, () -> socket.bind(new Endpoint(NOBODYS, 0)));
            assertThat(failed.call()).isEqualTo("bind");
            assertThat(failed.is(Errno.EADDRNOTAVAIL)).isTrue();
            assertThat(failed).hasMessageContaining("EADDRNOTAVAIL");
            int nobody = FreePorts.next();
            failed = catchThrowableOfType(PosixException.class, () -> socket.connect(new Endpoint(LOOPBACK, nobody)));
            assertThat(failed.call()).isEqualTo("connect");
            assertThat(failed.errno()).isEqualTo("ECONNREFUSED");
        }
    }

    private interface Failing {
        void run() throws IOException;
    }

    private static Errno errno(Failing failing) {
        try {
            failing.run();
        } catch (IOException e) {
            return Errno.ofMessage(String.valueOf(e.getMessage()))
                    .orElseThrow(() -> new AssertionError("no errno in \"" + e.getMessage() + '"', e));
        }
        throw new AssertionError("it did not fail");
    }
}
