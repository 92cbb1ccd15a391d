package dev.rebind.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rebind.sockets.TestJvm;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import io.netty.channel.ChannelException;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class IoFailureTest {
    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
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
            assertThat(IoFailure.of(catchThrowable(
                            () -> channel.bind(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), port)))))
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
    @DisplayName("Two servers that bind at the same moment: bind or listen fails, and the one that failed is named")
    void race() throws Exception {
        int port = FreePorts.next();
        var calls = ConcurrentHashMap.<String>newKeySet();
        try (var pool = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 300; round++) {
                var barrier = new CyclicBarrier(2);
                Callable<Boolean> server = () -> {
                    try (var channel = ServerSocketChannel.open()) {
                        barrier.await();
                        Throwable failure = catchThrowable(() -> channel.bind(loopback(port)));
                        barrier.await();
                        if (failure != null) {
                            IoFailure said = IoFailure.of(failure);
                            calls.add(said.errno() + " of " + said.call());
                        }
                        return failure == null;
                    }
                };
                pool.invokeAll(List.of(server, server)).forEach(Future::resultNow);
            }
        }
        // Which of the two is up to the scheduler; a call that is not told would be null here.
        assertThat(calls).isNotEmpty().isSubsetOf("EADDRINUSE of bind", "EADDRINUSE of listen");
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

    /** Uses up its descriptors before it has named an errno, and then opens a socket. */
    static final class WithoutDescriptors {
        public static void main(String[] arguments) throws IOException {
            var held = new ArrayList<FileInputStream>();
            // Loaded while that is possible; strerror is not.
            IoFailure.of(new IOException((String) null));
            SocketChannel.open().close();
            try {
                while (true) {
                    held.add(new FileInputStream("/dev/null"));
                }
            } catch (IOException e) {
                System.out.println(held.size() > 10);
            }
            try (SocketChannel one = SocketChannel.open()) {
                System.out.println(one);
            } catch (IOException e) {
                System.out.println(IoFailure.of(new ChannelException("Failed to open a socket.", e))
                        .errno());
            }
        }
    }

    @Test
    @DisplayName("Where no descriptor is left, that has its name too, though strerror cannot be loaded any more")
    void noDescriptorLeft() throws Exception {
        String said = TestJvm.runWithFewDescriptors(WithoutDescriptors.class);

        assertThat(said.lines()).containsExactly("true", "EMFILE");
    }
}
