package dev.rebind.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class IoFailureTest {
    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress("127.0.0.1", port);
    }

    @Test
    @DisplayName("A listener on the port: bind fails with EADDRINUSE")
    void bind() throws IOException {
        int port = FreePorts.next();
        try (var first = ServerSocketChannel.open();
                var second = ServerSocketChannel.open()) {
            first.bind(loopback(port));
            IoFailure failure =
                    IoFailure.of(new CompletionException(catchThrowable(() -> second.bind(loopback(port)))));
            assertThat(failure.errno()).isEqualTo("EADDRINUSE");
            assertThat(failure.errnoNumber()).isEqualTo(98);
            assertThat(failure.call()).isEqualTo("bind");
        }
    }

    @Test
    @DisplayName("A refused connection, a reset one, a foreign address: each with its own errno")
    void others() throws IOException {
        int port = FreePorts.next();
        assertThat(IoFailure.of(
                        catchThrowable(() -> SocketChannel.open(loopback(port)).close())))
                .extracting(IoFailure::errno, IoFailure::call)
                .containsExactly("ECONNREFUSED", "connect");
        try (var channel = ServerSocketChannel.open()) {
            assertThat(IoFailure.of(catchThrowable(() -> channel.bind(new InetSocketAddress("192.0.2.1", port)))))
                    .extracting(IoFailure::errno, IoFailure::call)
                    .containsExactly("EADDRNOTAVAIL", "bind");
        }
        try (var listener = ServerSocketChannel.open().bind(loopback(port));
                var client = SocketChannel.open(loopback(port))) {
            SocketChannel accepted = listener.accept();
            accepted.setOption(StandardSocketOptions.SO_LINGER, 0);
            accepted.close();
            assertThat(IoFailure.of(catchThrowable(() -> client.read(ByteBuffer.allocate(1)))))
                    .extracting(IoFailure::errno, IoFailure::call)
                    .containsExactly("ECONNRESET", "read");
        }
    }

    @Test
    @DisplayName("Netty's native transports say the number; the call stands before the parenthesis")
    void nativeTransport() {
        assertThat(IoFailure.of(new RuntimeException(new NativeIoException("listen", -98))))
                .extracting(IoFailure::errno, IoFailure::errnoNumber, IoFailure::call)
                .containsExactly("EADDRINUSE", 98, "listen");
    }

    @Test
    @DisplayName("What cannot be told is absent: no guess from a message in English")
    void unknown() {
        assertThat(IoFailure.of(new BindException("The address is taken")))
                .isEqualTo(new IoFailure(null, null, null, "The address is taken"));
        assertThat(IoFailure.of(new IllegalStateException("Address already in use"))
                        .errno())
                .isNull();
    }

    @Test
    void bareSocket() {
        assertThat(IoFailure.of(new PosixException("listen", 98)))
                .extracting(IoFailure::errno, IoFailure::errnoNumber, IoFailure::call)
                .containsExactly("EADDRINUSE", 98, "listen");
    }
}
