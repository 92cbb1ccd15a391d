package dev.rebind.live.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.diag.SocketLookup;
import dev.rebind.sockets.posix.PosixException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a real connection whose far end reads when it is told to. */
@Timeout(60)
class UnreadBytesTest {
    private ServerSocket server;
    private Socket reader;
    private SocketChannel writer;
    private SocketLookup lookup;

    @BeforeEach
    void connect() throws IOException, PosixException {
        lookup = new SocketLookup();
        server = new ServerSocket();
        server.setReceiveBufferSize(4_096);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        writer = SocketChannel.open(server.getLocalSocketAddress());
        writer.configureBlocking(false);
        reader = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        lookup.close();
        writer.close();
        reader.close();
        server.close();
    }

    private UnreadBytes unread() throws IOException {
        return new UnreadBytes(
                lookup,
                new Endpoint(InetAddress.getLoopbackAddress(), writer.socket().getLocalPort()),
                new Endpoint(InetAddress.getLoopbackAddress(), server.getLocalPort()));
    }

    /** What fits into the buffers of both ends. */
    private int fill() throws IOException {
        int written = 0;
        for (int n = 1; n > 0; written += n) {
            n = writer.write(ByteBuffer.allocate(1 << 16));
        }
        return written;
    }

    @Test
    @DisplayName("When a reader takes nothing from one look to the next, then that is seen, though writes succeeded")
    void silent() throws IOException {
        UnreadBytes unread = unread();
        assertThat(fill()).isPositive();

        while (!unread.stand()) {
            // The kernel sends what fits.
            Thread.onSpinWait();
        }
        reader.getInputStream().readNBytes(1 << 16);
        assertThat(unread.stand()).as("it has read").isFalse();
    }

    @Test
    @DisplayName("When a reader reads all, then it is not taken for silent")
    void reading() throws IOException {
        UnreadBytes unread = unread();
        for (int i = 0; i < 20; i++) {
            writer.write(ByteBuffer.allocate(1_000));
            reader.getInputStream().readNBytes(1_000);
            assertThat(unread.stand()).isFalse();
        }
    }

    @Test
    @DisplayName("When the kernel cannot be asked, or does not know the connection, then nobody is taken for silent")
    void unknown() throws IOException {
        fill();
        var one = new Endpoint(InetAddress.getLoopbackAddress(), 1);
        for (UnreadBytes unread :
                new UnreadBytes[] {new UnreadBytes(null, one, one), new UnreadBytes(lookup, one, one)}) {
            assertThat(unread.stand()).isFalse();
            assertThat(unread.stand()).isFalse();
        }
    }
}
